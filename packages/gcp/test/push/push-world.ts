import { QueueClient, type QueueOptions } from "@alienplatform/bindings";
import { defaultOptions } from "@alienplatform/bindings/conformance";
import { pushedFunction } from "@alienplatform/sdk/push";
import { useQueues } from "@alienplatform/sdk/testing-hook";
import { vi } from "vitest";
import type { PubSubAddress } from "../../src/address.ts";
import { type EntryOptions, entry } from "../../src/entry.ts";
import { PubSubQueueDriver } from "../../src/queue/driver.ts";
import { deadLettersOf, pubsubQueueOf } from "../../src/queue/pubsub-queue.ts";
import type { Made, PubSubAdmin } from "../wire/pubsub-admin.ts";
import { bindingOf } from "../wire/pubsub-world.ts";
import type { WireClock } from "../wire/wire-clock.ts";
import { TokenIssuer } from "./google-token.ts";
import { SUBSCRIPTION } from "./recorded-events.ts";

export const AUDIENCE = "https://worker-abc-ew.a.run.app";
export const SERVICE_ACCOUNT = "pusher@alien.iam.gserviceaccount.com";

export interface PushWorldOptions {
  readonly admin: PubSubAdmin;
  readonly clock: WireClock;
  readonly options?: Partial<QueueOptions>;
  readonly made?: Made;
  /** Of the address that the function finds in its binding. */
  readonly address?: Partial<PubSubAddress>;
  /** Google's keys, where they are not the test's own. */
  readonly certificates?: EntryOptions["certificates"];
  /** What the function's file does when it is loaded. */
  readonly load: () => unknown;
}

const issuer = new TokenIssuer();
let worlds = 0;

/** A function that Pub/Sub pushes to, its queue "tasks" on a server of the wire, and what is said on stderr. */
export async function openPushWorld(given: PushWorldOptions) {
  const { admin, clock, made, load, certificates = issuer.certificates } = given;
  const options: QueueOptions = { ...defaultOptions, ...given.options };
  const address = await admin.make(`pushed-${process.pid}-${++worlds}`, options, made);
  // Pub/Sub itself pulls in this world: only the function takes the subscription for one that pushes.
  const pulling = bindingOf("tasks", options, address);
  const pushing = bindingOf("tasks", options, { ...address, push: true, ...given.address });
  const restore = useQueues(async () => {
    const driver = new PubSubQueueDriver(pubsubQueueOf(pushing), clock);
    return { driver, binding: pushing, clock, random: () => 0.5 };
  });
  vi.stubEnv("ALIEN_PUSH_AUDIENCE", AUDIENCE);
  vi.stubEnv("ALIEN_PUSH_SERVICE_ACCOUNT", SERVICE_ACCOUNT);
  const trigger = { queue: "tasks", batchSize: 1, paused: false, whilePaused: "wait" };
  vi.stubEnv(
    "ALIEN_FUNCTION",
    JSON.stringify({ id: "worker", triggers: [{ ...trigger, onInvalid: "deadLetter" }] }),
  );
  const lines: string[] = [];
  const stderr = vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    lines.push(String(text));
    return true;
  });
  let loads = 0;
  const pushed = pushedFunction(
    async () => {
      loads++;
      return load();
    },
    { file: "src/worker.ts", queues: async () => [] },
  );
  const subscription = pubsubQueueOf(pulling).subscription;
  const sources = { [SUBSCRIPTION]: "tasks", [subscription]: "tasks" };
  const endpoint = entry(pushed, sources, { certificates });
  const driver = new PubSubQueueDriver(pubsubQueueOf(pulling), clock);
  const dead = new PubSubQueueDriver(deadLettersOf(pubsubQueueOf(pulling)), clock);
  return {
    endpoint,
    subscription,
    /** What was said, as JSON. */
    said: () => lines.map((line) => JSON.parse(line)),
    loads: () => loads,
    tasks: new QueueClient(driver, { queue: "tasks", options, clock }),
    /** Posts an event as Pub/Sub does; the status is the answer. */
    post: (event: unknown, token: string | undefined = good()) =>
      post(endpoint.fetch, event, token),
    /** Pushes the next message, as Pub/Sub would; undefined where there is none. */
    push: async () => {
      const { client } = pubsubQueueOf(pulling);
      const [received] = await client.pull(subscription, 1, { immediately: true });
      await client.close();
      if (received === undefined) return undefined;
      const { ackId = "", message, deliveryAttempt } = received;
      const { data, attributes, messageId, orderingKey, publishTime } = message ?? {};
      const publishedAt = new Date(Number(publishTime?.seconds ?? 0) * 1_000);
      const status = await post(
        endpoint.fetch,
        {
          message: {
            data: Buffer.from(data ?? "").toString("base64"),
            attributes,
            messageId,
            publishTime: publishedAt.toISOString(),
            ...(orderingKey ? { orderingKey } : {}),
          },
          subscription,
          ...(deliveryAttempt ? { deliveryAttempt } : {}),
        },
        good(),
      );
      const again = pubsubQueueOf(pulling).client;
      if (status < 300) await again.acknowledge(subscription, [ackId ?? ""]);
      else await again.modifyAckDeadline(subscription, [ackId ?? ""], 0);
      await again.close();
      return status;
    },
    /** What is in the dead letters' subscription. */
    deadLetters: async () => {
      const receiver = await dead.open({ credit: 10, leaseMs: 30_000 });
      return receiver.take(10, 0);
    },
    close: async () => {
      stderr.mockRestore();
      vi.unstubAllEnvs();
      restore();
      await driver.close();
      await dead.close();
      await admin.remove(address);
    },
  };
}

/** A token as Google gives it to the subscription's service account. */
export function good(claims: Readonly<Record<string, unknown>> = {}): string {
  return issuer.issue({ aud: AUDIENCE, email: SERVICE_ACCOUNT, ...claims });
}

/** The same claims under a signature that anybody can make. */
export function forged(): string {
  return issuer.forge({ aud: AUDIENCE, email: SERVICE_ACCOUNT });
}

async function post(
  fetch: (request: Request) => Promise<Response>,
  event: unknown,
  token: string | undefined,
): Promise<number> {
  const headers = new Headers({ "content-type": "application/json" });
  if (token !== "") headers.set("authorization", `Bearer ${token}`);
  const body = typeof event === "string" ? event : JSON.stringify(event);
  const response = await fetch(new Request(AUDIENCE, { method: "POST", headers, body }));
  return response.status;
}
