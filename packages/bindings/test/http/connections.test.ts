import { afterEach, expect, onTestFinished, test } from "vitest";
import { pushingWorld } from "./pushing.ts";
import { type Receiver, startReceiver } from "./receiver.ts";

let receiver: Receiver;

afterEach(() => receiver.close());

test("nobody listening is a network error, and so is a connection that breaks", async () => {
  const gone = await startReceiver(() => undefined);
  await gone.close();
  receiver = await startReceiver((_, response) => {
    response.writeHead(200, { "content-length": "100" }).write("half");
    response.socket?.destroySoon();
  });
  for (const [url, why] of [
    [gone.url, "ECONNREFUSED"],
    [receiver.url, "other side closed|terminated"],
  ] as const) {
    const { client, clock, next } = pushingWorld(url);
    await client().send({ n: 1 });
    await clock.advance(1);
    const { outcome, error } = await next();
    expect({ outcome, code: error?.code }).toEqual({ outcome: "retry", code: "NETWORK_ERROR" });
    expect(error?.message).toMatch(`endpoint "billing" gave no answer: `);
    expect(error?.message).toMatch(new RegExp(why));
  }
});

test("an endpoint that does not answer in time is retried; its connection is given up, its lease kept till then", async () => {
  receiver = await startReceiver(() => undefined);
  const { client, clock, next, queue } = pushingWorld(receiver.url, {
    queue: { leaseMs: 10_000 },
    consumer: { timeoutMs: 60_000 },
  });
  await client().send({ n: 1 });
  await clock.advance(1);
  await until(() => receiver.received);
  await clock.advance(59_990);
  expect(queue.stats()).toMatchObject({ inFlight: 1 });
  await clock.advance(10);
  expect(await next()).toMatchObject({
    outcome: "retry",
    attempt: 1,
    error: { code: "TimeoutError" },
  });
  await receiver.received[0]?.closed;
});

test("draining gives back what an endpoint has not answered, uncounted", async () => {
  receiver = await startReceiver(() => undefined);
  const { client, clock, next, queue, consumer } = pushingWorld(receiver.url);
  await client().send({ n: 1 });
  await clock.advance(1);
  await until(() => receiver.received);
  const drained = consumer.drain(5_000);
  await clock.advance(5_000);
  await drained;
  expect(await next()).toMatchObject({ outcome: "release" });
  expect(queue.stats()).toMatchObject({ ready: 1, inFlight: 0 });
  await receiver.received[0]?.closed;
});

test("a slow endpoint does not hold others", async () => {
  receiver = await startReceiver((request, response) => {
    if (JSON.parse(request.body).payload !== "slow") response.end();
  });
  const { client, clock, next } = pushingWorld(receiver.url);
  await client().sendBatch([{ payload: "slow" }, { payload: 1 }, { payload: 2 }, { payload: 3 }]);
  await clock.advance(1);
  for (const _ of [1, 2, 3]) expect(await next()).toMatchObject({ outcome: "ack" });
});

test("one connection serves many messages, also where answers have bodies that nobody wants", async () => {
  receiver = await startReceiver((request, response) => {
    const failing = JSON.parse(request.body).payload % 2 === 1;
    response.writeHead(failing ? 422 : 200, { "content-type": "text/html" });
    response.end("<html>".repeat(1_000));
  });
  const { client, clock, next } = pushingWorld(receiver.url, { consumer: { concurrency: 1 } });
  await client().sendBatch(Array.from({ length: 20 }, (_, n) => ({ payload: n })));
  await clock.advance(1);
  for (let n = 0; n < 20; n++) await next();
  expect(receiver.received).toHaveLength(20);
  expect(receiver.connections).toBe(1);
});

test("an answer without an end is cut off, and its connection closed", async () => {
  let sent = 0;
  receiver = await startReceiver((_, response) => {
    const more = () => {
      while (response.write("x".repeat(16 * 1024))) sent++;
    };
    response.on("drain", more);
    more();
  });
  const { client, clock, next } = pushingWorld(receiver.url);
  await client().send({ n: 1 });
  await clock.advance(1);
  expect(await next()).toMatchObject({ outcome: "ack" });
  await receiver.received[0]?.closed;
  expect(sent * 16).toBeLessThan(64 * 1024);
});

/** What a server has been sent, as soon as there is something. */
async function until<T>(look: () => readonly T[]): Promise<readonly T[]> {
  let over = false;
  onTestFinished(() => {
    over = true;
  });
  while (look().length === 0 && !over) await new Promise((resolve) => setImmediate(resolve));
  return look();
}
