import { expect, test } from "vitest";
import { heldTo, type PlatformCapabilities } from "../src/declared.ts";
import { Consumer } from "../src/queue/consumer.ts";
import { retry } from "../src/queue/verdict.ts";
import { barestCapabilities } from "./conformance-bare/bare-driver.ts";
import { referenceWorld } from "./reference.ts";

const narrow: PlatformCapabilities = {
  platform: "narrow",
  queue: ({ fifo }) => ({
    ...barestCapabilities,
    service: "Narrow",
    extend: false,
    ordered: fifo === undefined,
    delayMaxMs: 60_000,
    max: { ...barestCapabilities.max, message: 1_000 },
  }),
};

/** A queue that can everything, in a stack that is held to a platform that cannot. */
function world(options = {}) {
  const made = referenceWorld(options);
  const client = made.client({ heldTo: [heldTo(narrow, options)] });
  return { ...made, client };
}

test.each([
  ["delay", { delay: "2m" }],
  ["priority", { priority: 1 }],
  ["concurrency", { concurrency: { key: "a", limit: 1 } }],
  ["idempotencyKey", { idempotencyKey: "once" }],
] as const)("a send's %s is refused, and whose limit it is said", async (option, options) => {
  const { client } = world();
  await expect(client.send({ n: 1 }, options)).rejects.toMatchObject({
    code: "UNSUPPORTED",
    message: expect.stringContaining('Narrow (.platforms("narrow"))'),
    details: { option },
  });
  expect(await client.receive()).toEqual([]);
});

test("what the other platform can is sent as ever", async () => {
  const { client, clock } = world();
  const { id } = await client.send({ n: 1 }, { delay: "1m", attributes: { a: "b" } });
  await clock.advance("1m");
  expect((await client.receive())[0]?.id).toBe(id);
});

test("the smallest limit on size counts, with its owner's name", async () => {
  const { client } = world();
  await client.sendText("x".repeat(900));
  await expect(client.sendText("x".repeat(1_100))).rejects.toMatchObject({
    code: "MESSAGE_TOO_LARGE",
    details: { limit: 1_000, service: 'Narrow (.platforms("narrow"))' },
  });
});

test("a FIFO queue is refused where the other platform keeps no order", async () => {
  const { client } = world({ fifo: {} });
  await expect(client.send({ n: 1 }, { group: "a" })).rejects.toMatchObject({
    code: "UNSUPPORTED",
    message: 'Narrow (.platforms("narrow")) has no FIFO groups',
  });
});

test("a receiver is held to the other's leases and retry delays too", async () => {
  const { client } = world();
  await client.send({ n: 1 });
  const unsupported = { code: "UNSUPPORTED" };
  await expect(client.receive(1, { lease: "2m" })).rejects.toMatchObject(unsupported);
  const [message] = await client.receive();
  if (message === undefined) throw new TypeError("nothing was received");
  await expect(client.nack(message, { delay: "2h" })).rejects.toMatchObject(unsupported);
  await expect(client.extend(message, "30s")).rejects.toMatchObject(unsupported);
  await client.nack(message, { delay: "1m" });
});

test("a handler's retry delay is held to the other's too: the attempt fails, and says why", async () => {
  const { client, handling, clock, driver } = world();
  const errors: unknown[] = [];
  const held = [heldTo(narrow, {})];
  const consumer = new Consumer(driver, {
    handling: handling(() => retry("later", { delay: "2h" }), { heldTo: held }),
    clock,
    onEvent: ({ error }) => errors.push(error),
  });
  consumer.start();
  await client.send({ n: 1 });
  await clock.advance(0);
  expect(errors).toMatchObject([
    { code: "UNSUPPORTED", message: expect.stringContaining('Narrow (.platforms("narrow"))') },
  ]);
  await consumer.drain(0);
});

test("the backoff is no longer than the other can wait", async () => {
  const options = {
    maxAttempts: 3,
    backoff: { initialMs: 8 * 3_600_000, factor: 1, maxMs: 8 * 3_600_000, jitter: "none" },
  } as const;
  const { client, handling, clock, driver } = world(options);
  let calls = 0;
  const consumer = new Consumer(driver, {
    handling: handling(
      () => {
        calls += 1;
        throw new Error("not yet");
      },
      { heldTo: [heldTo(narrow, {})] },
    ),
    clock,
    onEvent: () => undefined,
  });
  consumer.start();
  await client.send({ n: 1 });
  await clock.advance(0);
  await clock.advance(narrow.queue({}).retryDelay.maxMs);
  expect(calls).toBe(2);
  await consumer.drain(0);
});
