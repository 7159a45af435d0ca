import { setTimeout as pause } from "node:timers/promises";
import { operate } from "@alienplatform/cloudflare/operate";
import { runtime } from "@alienplatform/cloudflare/runtime";
import { exceptions } from "../../packages/cloudflare/test/exceptions.ts";
import { type Account, read, unset, type Vendor } from "./account.ts";
import { openPlainWorld, type PlainPlatform } from "./plain-world.ts";

const ENDPOINT = "https://api.cloudflare.com/client/v4";
/** https://developers.cloudflare.com/queues/platform/limits/ */
const MOST_RETRIES = 100;

interface Listed {
  readonly queue_id: string;
  readonly queue_name: string;
}

/** Cloudflare Queues over HTTP, of a paid plan: the free one keeps messages for a day and no other time. */
export const cloudflare: Vendor = {
  name: "Cloudflare Queues",
  except: exceptions,

  missing: (environment) => unset(environment, "CLOUDFLARE_ACCOUNT_ID", "CLOUDFLARE_API_TOKEN"),

  open(environment, prefix): Account {
    const account = read(environment, "CLOUDFLARE_ACCOUNT_ID");
    const token = read(environment, "CLOUDFLARE_API_TOKEN");
    const call = (method: string, path: string, body?: unknown) =>
      request(token, method, `${ENDPOINT}/accounts/${account}/queues${path}`, body);
    const list = async () => {
      const found: Listed[] = [];
      for (let page = 1, more = true; more; page++) {
        // https://developers.cloudflare.com/api/resources/queues/methods/list/
        const answer = await call("GET", `?page=${page}&per_page=100`);
        found.push(...(answer as readonly Listed[]));
        more = (answer as readonly Listed[]).length === 100;
      }
      return found;
    };
    const create = async (queue_name: string, retentionMs: number) => {
      const settings = { message_retention_period: Math.ceil(retentionMs / 1_000) };
      // https://developers.cloudflare.com/api/resources/queues/methods/create/
      const { queue_id } = (await call("POST", "", { queue_name })) as Listed;
      await call("PATCH", `/${queue_id}`, { queue_name, settings });
      return queue_id;
    };
    const consume = (id: string, leaseMs: number, dead_letter_queue?: string) =>
      // https://developers.cloudflare.com/api/resources/queues/subresources/consumers/methods/create/
      call("POST", `/${id}/consumers`, {
        type: "http_pull",
        settings: { max_retries: MOST_RETRIES, visibility_timeout_ms: leaseMs },
        ...(dead_letter_queue === undefined ? {} : { dead_letter_queue }),
      });
    const idOf = async (name: string) =>
      (await list()).find(({ queue_name }) => queue_name === name)?.queue_id;
    const make: PlainPlatform["make"] = async (name, options, deadLetters) => {
      const { leaseMs, retentionMs } = options;
      const deadName = deadLetters ?? `${name}-dead`;
      let dead = deadLetters === undefined ? undefined : await idOf(deadLetters);
      if (dead === undefined) {
        dead = await create(deadName, retentionMs);
        await consume(dead, leaseMs);
      }
      const queue = await create(name, retentionMs);
      await consume(queue, leaseMs, deadName);
      return { kind: "http", account, queue, dead };
    };
    const remove = async (name: string) => {
      const id = await idOf(name);
      if (id !== undefined) await call("DELETE", `/${id}`);
    };
    const removeBoth = async (name: string) => {
      await remove(name);
      await remove(`${name}-dead`);
    };
    const platform = { runtime, operate, make, remove: removeBoth };
    return {
      world: (options, clock) => openPlainWorld(platform, prefix, options, clock),
      make: async (options) => ({
        platform: "cloudflare",
        address: await make(`${prefix}job`, options),
      }),
      names: async (start) =>
        (await list()).map(({ queue_name }) => queue_name).filter((name) => name.startsWith(start)),
      remove,
      close: async () => undefined,
    };
  },
};

/** Waits where Cloudflare says that this account has asked often enough: https://developers.cloudflare.com/fundamentals/api/reference/limits/ */
async function request(
  token: string,
  method: string,
  url: string,
  body: unknown,
): Promise<unknown> {
  for (;;) {
    const response = await fetch(url, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (response.status === 429) {
      await pause(1_000 * Number(response.headers.get("retry-after") ?? 10));
      continue;
    }
    const answer = (await response.json()) as { result?: unknown; errors?: unknown }; // as its API answers
    if (response.ok) return answer.result;
    throw new Error(`${method} ${url}: ${response.status} ${JSON.stringify(answer.errors)}`);
  }
}
