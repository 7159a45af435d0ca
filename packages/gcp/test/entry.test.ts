import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { AlienError } from "@alienplatform/core";
import { ack, deadLetter, onQueueMessage, retry } from "@alienplatform/sdk";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { PUSH_PATH } from "../src/function/push-path.ts";
import { TokenIssuer } from "./push/google-token.ts";
import { AUDIENCE, forged, good, openPushWorld, SERVICE_ACCOUNT } from "./push/push-world.ts";
import { orderedEvent, plainEvent } from "./push/recorded-events.ts";
import { PubSubAdmin } from "./wire/pubsub-admin.ts";
import { PubSubServer } from "./wire/server.ts";
import { WireClock } from "./wire/wire-clock.ts";

const clock = new WireClock();
const server = new PubSubServer(clock);
let admin: PubSubAdmin;

beforeAll(async () => {
  clock.serve(server);
  admin = new PubSubAdmin(`http://127.0.0.1:${await server.listen()}`);
});
afterAll(async () => {
  await admin.close();
  server.close();
});

async function world(
  load: () => unknown,
  given: Partial<Parameters<typeof openPushWorld>[0]> = {},
) {
  const opened = await openPushWorld({ admin, clock, load, ...given });
  onTestFinished(() => opened.close());
  return opened;
}

describe("what Pub/Sub pushes", () => {
  test("the documented event reaches the handler as the text it carries", async () => {
    const seen: unknown[] = [];
    const { post } = await world(() =>
      onQueueMessage("tasks", (message) => void seen.push(message)),
    );
    expect(await post(plainEvent)).toBe(204);
    expect(seen).toMatchObject([
      {
        id: "2070443601311540",
        queue: "tasks",
        kind: "text",
        payload: "Hello Cloud Pub/Sub! Here is my message!",
        attempt: 1,
        sentAt: Date.UTC(2021, 1, 26, 19, 13, 55, 749),
      },
    ]);
  });

  test("the documented event with ordering and a dead-letter policy keeps its group and its attempt", async () => {
    const seen: unknown[] = [];
    const { post } = await world(
      () => onQueueMessage("tasks", ({ group, attempt }) => void seen.push({ group, attempt })),
      { options: { fifo: {}, maxAttempts: 9 } },
    );
    expect(await post(orderedEvent)).toBe(204);
    expect(seen).toEqual([{ group: "key", attempt: 5 }]);
  });

  test("what was sent is handled as it was sent, and does not come back", async () => {
    const seen: unknown[] = [];
    const { tasks, push } = await world(() =>
      onQueueMessage("tasks", ({ id, payload, attributes }) => {
        seen.push({ id, payload, attributes });
        return ack();
      }),
    );
    const { id } = await tasks.send({ n: 1 }, { attributes: { tenant: "acme" } });
    expect(await push()).toBe(204);
    expect(seen).toEqual([{ id, payload: { n: 1 }, attributes: { tenant: "acme" } }]);
    expect(await push()).toBeUndefined();
  });

  test("a failure is answered 500, and comes back with its attempt counted until the budget is spent", async () => {
    const attempts: number[] = [];
    const { tasks, push, deadLetters, said } = await world(() =>
      onQueueMessage("tasks", ({ attempt }) => {
        attempts.push(attempt);
        throw new Error("smtp down");
      }),
    );
    const { id } = await tasks.send({ n: 1 });
    expect([await push(), await push(), await push(), await push()]).toEqual([
      500,
      500,
      204,
      undefined,
    ]);
    expect(attempts).toEqual([1, 2, 3]);
    expect(await deadLetters()).toMatchObject([
      {
        id,
        headers: { dead: { source: "tasks", attempts: 3, error: { message: "smtp down" } } },
      },
    ]);
    expect(said()).toMatchObject([
      { level: "warn", message: "smtp down" },
      { level: "warn", message: "smtp down" },
      { level: "error", message: "smtp down" },
    ]);
  });

  test("a dead letter is published before the message is acknowledged", async () => {
    const { tasks, push, deadLetters } = await world(() =>
      onQueueMessage("tasks", () => deadLetter("no such account")),
    );
    const { id } = await tasks.send({ n: 1 });
    server.failNext("Publish", 7);
    expect(await push()).toBe(503);
    expect(await deadLetters()).toEqual([]);
    expect(await push()).toBe(204);
    expect(await deadLetters()).toMatchObject([
      { id, headers: { dead: { error: { message: "no such account" } } } },
    ]);
  });

  test("without a dead-letter policy a retry is published again with the next attempt", async () => {
    const attempts: number[] = [];
    const { tasks, push, deadLetters } = await world(
      () =>
        onQueueMessage("tasks", ({ attempt }) => {
          attempts.push(attempt);
          return retry("smtp down");
        }),
      { made: { deadLetterPolicy: false } },
    );
    await tasks.send({ n: 1 });
    expect([await push(), await push(), await push(), await push()]).toEqual([
      204,
      204,
      204,
      undefined,
    ]);
    expect(attempts).toEqual([1, 2, 3]);
    expect(await deadLetters()).toHaveLength(1);
  });

  test("a verdict's delay fails the attempt: Pub/Sub has its own schedule", async () => {
    const { tasks, push, said } = await world(() =>
      onQueueMessage("tasks", () => retry("later", { delay: "10s" })),
    );
    await tasks.send({ n: 1 });
    expect(await push()).toBe(500);
    expect(said()).toMatchObject([{ level: "warn", fields: { code: "UNSUPPORTED" } }]);
  });

  test("a handler that is not done a second before Pub/Sub gives up has failed", async () => {
    let start: () => void = () => undefined;
    const started = new Promise<void>((resolve) => {
      start = resolve;
    });
    const { post, subscription, said } = await world(
      () =>
        onQueueMessage("tasks", () => {
          start();
          return new Promise(() => undefined);
        }),
      { address: { ackDeadlineSeconds: 60 } },
    );
    const answer = post({ ...plainEvent, deliveryAttempt: 1, subscription });
    await started;
    await clock.advance(59_000);
    expect(await answer).toBe(500);
    expect(said()).toMatchObject([{ level: "warn", fields: { code: "TimeoutError" } }]);
  });
});

describe("what is refused", () => {
  test("a subscription that nobody knows is 404, which Pub/Sub takes for a retry, and no handler runs", async () => {
    const { post, said, loads } = await world(() => undefined);
    const subscription = "projects/myproject/subscriptions/another";
    expect(await post({ ...plainEvent, subscription })).toBe(404);
    expect(loads()).toBe(0);
    expect(said()).toMatchObject([{ level: "error", code: "UNKNOWN_QUEUE" }]);
  });

  const issuer = new TokenIssuer();
  const identity = { aud: AUDIENCE, email: SERVICE_ACCOUNT };
  const past = Math.floor(Date.now() / 1_000) - 7_200;
  test.each([
    ["without a token", 401, ""],
    ["with what is no token", 401, "nonsense"],
    ["with a token that another key has signed", 401, issuer.issue(identity)],
    ["with a token that the public key has signed", 401, forged()],
    ["with a token for another function", 401, good({ aud: "https://other-abc-ew.a.run.app" })],
    ["with a token of another issuer", 401, good({ iss: "https://issuer.example" })],
    ["with a token that has expired", 401, good({ iat: past - 3_600, exp: past })],
    ["with a token that is unsigned", 401, `${unsigned(identity)}.`],
    ["of another service account", 403, good({ email: "other@alien.iam.gserviceaccount.com" })],
    ["of an address that is not verified", 403, good({ email_verified: false })],
  ])("a request %s is %i, and nothing of the function is loaded", async (_what, status, token) => {
    const { post, said, loads } = await world(() => undefined);
    expect(await post(plainEvent, token)).toBe(status);
    expect(loads()).toBe(0);
    const [problem] = said();
    expect(problem).toMatchObject({ level: "error", code: "SIGNATURE_INVALID" });
    if (token !== "") expect(JSON.stringify(problem)).not.toContain(token);
  });

  test.each([
    ["{"],
    ["null"],
    ["[]"],
    [{}],
    [{ subscription: "s" }],
    [{ subscription: 1, message: {} }],
  ])("a body that Pub/Sub does not post is 400: %j", async (body) => {
    const { post, said } = await world(() => undefined);
    expect(await post(body)).toBe(400);
    expect(said()).toMatchObject([{ code: "DECODE_FAILED" }]);
  });

  test("while Google's keys cannot be had nobody is believed, and everything comes again", async () => {
    const { post, loads } = await world(() => undefined, {
      certificates: async () => {
        throw new AlienError("SERVICE_UNAVAILABLE", "no keys", { retryable: true });
      },
    });
    expect(await post(plainEvent)).toBe(503);
    expect(loads()).toBe(0);
  });

  test("a request that posts nothing is 405", async () => {
    const { endpoint } = await world(() => undefined);
    expect((await endpoint.fetch(new Request(AUDIENCE))).status).toBe(405);
  });

  test("without ALIEN_PUSH_AUDIENCE nobody may push", async () => {
    const { post, said } = await world(() => undefined);
    vi.stubEnv("ALIEN_PUSH_AUDIENCE", "");
    expect(await post(plainEvent)).toBe(500);
    expect(said()).toMatchObject([
      { code: "BINDING_INVALID", message: "ALIEN_PUSH_AUDIENCE is not in the environment" },
    ]);
  });

  test("a file that cannot be loaded, and one without a handler, keep the message", async () => {
    const failing = await world(() => {
      throw new Error("no database");
    });
    expect(await failing.post(plainEvent)).toBe(500);
    const empty = await world(() => undefined);
    expect(await empty.post(plainEvent)).toBe(500);
  });
});

describe("on Node's own server", () => {
  test("a push is answered with the status alone, and one that is too long is not read", async () => {
    const seen: unknown[] = [];
    const { endpoint } = await world(() =>
      onQueueMessage("tasks", ({ payload }) => void seen.push(payload)),
    );
    const host = createServer((request, response) => void endpoint(request, response));
    await new Promise<void>((resolve) => host.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void host.close());
    // It listens on a port, as just asked.
    const { port } = host.address() as AddressInfo;
    const post = (body: string) =>
      fetch(`http://127.0.0.1:${port}/`, {
        method: "POST",
        headers: { authorization: `Bearer ${good()}` },
        body,
      });
    const answer = await post(JSON.stringify(plainEvent));
    expect([answer.status, await answer.text()]).toEqual([204, ""]);
    expect(seen).toEqual(["Hello Cloud Pub/Sub! Here is my message!"]);
    expect((await post("x".repeat(33 * 1_024 * 1_024))).status).toBe(413);
  });
});

describe("of a function that serves HTTP too", () => {
  test("pushes have a path of their own, which nobody else may use; all others are the function's", async () => {
    const seen: unknown[] = [];
    const { endpoint } = await world(() => {
      onQueueMessage("tasks", ({ payload }) => void seen.push(payload));
      return { default: { fetch: ({ url }: Request) => new Response(new URL(url).pathname) } };
    });
    const { triggers } = JSON.parse(process.env.ALIEN_FUNCTION ?? "");
    vi.stubEnv("ALIEN_FUNCTION", JSON.stringify({ id: "worker", triggers, http: {} }));
    const push = (path: string, token: string) => {
      const headers = { authorization: `Bearer ${token}` };
      const body = JSON.stringify(plainEvent);
      const request = new Request(new URL(path, AUDIENCE), { method: "POST", headers, body });
      return endpoint.fetch(request);
    };
    expect((await push(PUSH_PATH, forged())).status).toBe(401);
    const own = await push("/", good());
    expect([own.status, await own.text(), seen]).toEqual([200, "/", []]);
    expect((await push(PUSH_PATH, good())).status).toBe(204);
    expect(seen).toHaveLength(1);
  });
});

/** The trick of a token whose header says that it needs no signature. */
function unsigned(claims: object): string {
  return [{ alg: "none", kid: "of-the-test" }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");
}
