import type { Delivery, Outcome, Receiver } from "@alienplatform/bindings";
import { describe, expect, test } from "vitest";
import { openPlainWorld, textOf } from "./plain-world.ts";
import { AmqpFailure } from "./wire/encoding.ts";
import type { WireQueue } from "./wire/wire-queue.ts";

const ack: Outcome = { kind: "ack" };
const retryAtOnce: Outcome = { kind: "retry", delayMs: 0, error: { code: "X", message: "no" } };
const retryLater: Outcome = { ...retryAtOnce, delayMs: 5_000 };
const APPLIED = { ok: true, applied: true };
const UNKNOWN = { ok: true, applied: "unknown" };
const AWAY = { ok: false, error: { code: "SERVICE_UNAVAILABLE", retryable: true } };
const BUSY = { ok: false, error: { code: "THROTTLED", retryable: true } };
const EXPIRED = { ok: false, error: { code: "RECEIPT_EXPIRED", retryable: false } };

const busy = () => new AmqpFailure("com.microsoft:server-busy", "try again");

/** A queue with one message, which is on loan. */
async function lent(group?: string) {
  const world = await openPlainWorld(group === undefined ? {} : { fifo: {} });
  const { driver, clock } = world;
  await driver.send([textOf("hello", clock.now(), group)]);
  const receiver = await driver.open({ credit: 1, leaseMs: world.queue.options.lockMs });
  const [delivery] = await receiver.take(1, 0);
  if (delivery === undefined) throw new TypeError("nothing was received");
  return { ...world, receiver, delivery };
}

async function settle(receiver: Receiver, delivery: Delivery, outcome: Outcome) {
  const [result] = await receiver.settle([{ delivery, outcome }]);
  return result;
}

/** The next outcome on a link is carried out, and what its answer says is for the test. */
function afterNext(queue: WireQueue, answer: () => void): void {
  const carryOut = queue.settle.bind(queue);
  queue.settle = (...given) => {
    queue.settle = carryOut;
    carryOut(...given);
    answer();
  };
}

describe.each([undefined, "acme"])("an outcome, in group %s", (group) => {
  test("that was refused is asked for once more, and carried out", async () => {
    const { queue, receiver, delivery } = await lent(group);
    queue.refuseNext(busy());
    expect(await settle(receiver, delivery, ack)).toMatchObject(BUSY);
    expect(queue.entries).toHaveLength(1);
    expect(await settle(receiver, delivery, ack)).toEqual(APPLIED);
    expect(queue.entries).toEqual([]);
  });

  test("that was refused may be followed by another one", async () => {
    const { queue, receiver, delivery } = await lent(group);
    queue.refuseNext(busy());
    await settle(receiver, delivery, ack);
    expect(await settle(receiver, delivery, retryAtOnce)).toEqual(APPLIED);
    expect(await receiver.take(1, 0)).toMatchObject([{ id: delivery.id, attempt: 2 }]);
  });

  test("that was carried out and answered with a failure is known when it is asked for again", async () => {
    const { queue, receiver, delivery } = await lent(group);
    afterNext(queue, () => {
      throw new AmqpFailure("com.microsoft:timeout", "no answer from the store");
    });
    expect(await settle(receiver, delivery, ack)).toMatchObject(AWAY);
    expect(queue.entries).toEqual([]);
    expect(await settle(receiver, delivery, ack)).toEqual(UNKNOWN);
  });

  test("of another kind is not taken for the one that may have been carried out", async () => {
    const { queue, receiver, delivery } = await lent(group);
    afterNext(queue, () => {
      throw new AmqpFailure("com.microsoft:timeout", "no answer from the store");
    });
    await settle(receiver, delivery, ack);
    expect(await settle(receiver, delivery, retryAtOnce)).toMatchObject(EXPIRED);
  });

  test("is not carried out when the lock has ended", async () => {
    const { queue, clock, receiver, delivery } = await lent(group);
    const next = receiver.take(1, queue.options.lockMs * 2);
    await clock.advance(queue.options.lockMs + 1);
    expect(await settle(receiver, delivery, ack)).toMatchObject(EXPIRED);
    expect(queue.entries).toHaveLength(1);
    expect(await next).toMatchObject([{ id: delivery.id, attempt: 2 }]);
  });
});

test("a link that is closed over an outcome leaves it to the lock token", async () => {
  const { queue, receiver, delivery } = await lent();
  const carryOut = queue.settle.bind(queue);
  queue.settle = (link) => {
    queue.settle = carryOut;
    link.close(new AmqpFailure("amqp:link:detach-forced", "idle").error);
  };
  expect(await settle(receiver, delivery, ack)).toEqual(APPLIED);
  expect(queue.entries).toEqual([]);
});

test("an outcome that was carried out before its link was closed succeeds", async () => {
  const { queue, receiver, delivery } = await lent();
  const [link] = queue.links;
  afterNext(queue, () => link?.close(new AmqpFailure("amqp:link:detach-forced", "idle").error));
  expect(await settle(receiver, delivery, ack)).toMatchObject({ ok: true });
  expect(queue.entries).toEqual([]);
});

test("what came on a link before a pause is settled after it, though the SDK has opened the link again", async () => {
  const { queue, driver, clock, receiver, delivery } = await lent();
  for (const link of queue.links) link.close(new AmqpFailure("amqp:link:detach-forced").error);
  const second = textOf("second", clock.now());
  await driver.send([second]);
  const [next] = await receiver.take(1, 0);
  expect(next).toMatchObject({ id: second.id });
  expect(await settle(receiver, delivery, ack)).toEqual(APPLIED);
  expect(queue.entries).toMatchObject([{ message: { message_id: second.id } }]);
});

describe("a retry that waits", () => {
  test("comes once, and the message itself is gone, though its removal was refused at first", async () => {
    const { queue, clock, receiver, delivery } = await lent();
    queue.refuseNext(busy());
    expect(await settle(receiver, delivery, retryLater)).toMatchObject(BUSY);
    expect(queue.entries).toHaveLength(2);
    expect(await settle(receiver, delivery, retryLater)).toEqual(APPLIED);
    expect(queue.entries).toMatchObject([{ scheduled: true }]);
    await clock.advance(retryLater.kind === "retry" ? retryLater.delayMs : 0);
    expect(await receiver.take(10, 0)).toMatchObject([{ id: delivery.id, attempt: 2 }]);
  });

  test("takes its copy back where the lock has ended, since the message itself comes again", async () => {
    const { queue, clock, receiver, delivery } = await lent();
    await clock.advance(queue.options.lockMs + 1);
    expect(await settle(receiver, delivery, retryLater)).toMatchObject(EXPIRED);
    expect(queue.entries).toMatchObject([{ scheduled: false, deliveryCount: 1 }]);
  });

  test("keeps its copy where the removal may have been carried out", async () => {
    const { queue, receiver, delivery } = await lent();
    afterNext(queue, () => {
      throw new AmqpFailure("com.microsoft:timeout", "no answer from the store");
    });
    expect(await settle(receiver, delivery, retryLater)).toMatchObject(AWAY);
    expect(await settle(receiver, delivery, retryLater)).toEqual(UNKNOWN);
    expect(queue.entries).toMatchObject([{ scheduled: true }]);
  });
});
