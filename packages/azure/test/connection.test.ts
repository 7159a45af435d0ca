import type { Delivery, Receiver } from "@alienplatform/bindings";
import { describe, expect, test } from "vitest";
import { openPlainWorld, textOf } from "./plain-world.ts";
import { AmqpFailure } from "./wire/encoding.ts";

const AWAY = { code: "SERVICE_UNAVAILABLE", retryable: true };

/** The SDK would wait for its answers for longer than a test may take. */
describe.each([undefined, "acme"])("a connection that is cut, in group %s", (group) => {
  async function opened() {
    const world = await openPlainWorld(group === undefined ? {} : { fifo: {} });
    const { driver, clock } = world;
    const lockMs = world.queue.options.lockMs;
    const send = async (body: string) => {
      const [result] = await driver.send([textOf(body, clock.now(), group)]);
      return result;
    };
    const receiver = await driver.open({ credit: 1, leaseMs: lockMs });
    return { ...world, send, receiver };
  }

  async function takeOne(receiver: Receiver) {
    const [delivery] = await receiver.take(1, 0);
    if (delivery === undefined) throw new TypeError("nothing was received");
    return delivery;
  }

  test("is opened again by the next call", async () => {
    const { server, send, receiver } = await opened();
    await send("first");
    const first = await takeOne(receiver);
    await receiver.settle([{ delivery: first, outcome: { kind: "ack" } }]);
    server.disconnect();
    expect(await again(() => send("second"))).toMatchObject({ ok: true });
    expect(told(await again(() => takeOne(receiver)))).toEqual("second 1");
  });

  test("fails a send that waits for its answer", async () => {
    const { server, queue, send } = await opened();
    await send("first");
    queue.enqueue = () => {
      server.disconnect();
      return 0;
    };
    expect(await send("second")).toMatchObject({ ok: false, error: AWAY });
  });

  test("fails a wait for messages, and the next one works", async () => {
    const { server, send, receiver } = await opened();
    const waiting = receiver.take(1, 60_000);
    // The driver and the server are in one process: it asks in turns of its loop.
    while (server.traffic < 1_000) await new Promise((resolve) => setImmediate(resolve));
    server.disconnect();
    await expect(waiting).rejects.toMatchObject(AWAY);
    await send("hello");
    expect(told(await again(() => takeOne(receiver)))).toEqual("hello 1");
  });

  test("fails an outcome that waits for its answer", async () => {
    const { server, queue, send, receiver } = await opened();
    await send("hello");
    const delivery = await takeOne(receiver);
    queue.settle = () => server.disconnect();
    const [result] = await receiver.settle([{ delivery, outcome: { kind: "ack" } }]);
    expect(result).toMatchObject({ ok: false, error: AWAY });
  });
});

test("what was lent over a connection that was cut is settled over the next one", async () => {
  const { server, queue, clock, driver } = await openPlainWorld();
  await driver.send([textOf("hello", clock.now())]);
  const receiver = await driver.open({ credit: 1, leaseMs: queue.options.lockMs });
  const [delivery] = await receiver.take(1, 0);
  if (delivery === undefined) throw new TypeError("nothing was received");
  server.disconnect();
  const settle = async () => {
    const [result] = await receiver.settle([{ delivery, outcome: { kind: "ack" } }]);
    return result;
  };
  expect(await again(settle)).toEqual({ ok: true, applied: true });
  expect(queue.entries).toEqual([]);
});

test("who waits for a group waits on where Service Bus has none, and asks every ten seconds", async () => {
  const { queue, clock, driver } = await openPlainWorld({ fifo: {} });
  const ask = queue.sessions.ask.bind(queue.sessions);
  const asked: number[] = [];
  // Time goes on with each question alone, however long its way takes.
  queue.sessions.ask = (link, id, timeoutMs) => {
    ask(link, id, timeoutMs);
    asked.push(timeoutMs);
    void clock.advance(timeoutMs);
  };
  const receiver = await driver.open({ credit: 1, leaseMs: queue.options.lockMs });
  expect(await receiver.take(1, 60_000)).toEqual([]);
  expect(asked).toHaveLength(Math.ceil(60_000 / Math.max(...asked)));
  expect(Math.min(...asked)).toBeGreaterThan(9_000);
  expect(Math.max(...asked)).toBeLessThanOrEqual(10_000);
});

test("a lock that cannot be renewed is told as lost, and the message is another's", async () => {
  const { queue, clock, driver } = await openPlainWorld();
  await driver.send([textOf("hello", clock.now())]);
  const { lockMs } = queue.options;
  const lost: string[] = [];
  const receiver = await driver.open({
    credit: 1,
    leaseMs: 3 * lockMs,
    onLost: ({ id }) => lost.push(id),
  });
  const [delivery] = await receiver.take(1, 0);
  queue.renew = () => {
    throw new AmqpFailure("com.microsoft:message-lock-lost", "The lock supplied is invalid.");
  };
  await clock.advance(lockMs + 1);
  expect(lost).toEqual([delivery?.id]);
  expect(await receiver.take(1, 0)).toMatchObject([{ id: delivery?.id, attempt: 2 }]);
});

function told({ body, attempt }: Delivery): string {
  return `${Buffer.from(body)} ${attempt}`;
}

/** A call that finds the connection cut fails once, as a passing one; the portable layer would ask again too. */
async function again<Answer>(run: () => Promise<Answer>): Promise<Answer> {
  try {
    const answer = await run();
    const failed = typeof answer === "object" && answer !== null && "ok" in answer && !answer.ok;
    return failed ? await run() : answer;
  } catch {
    return run();
  }
}
