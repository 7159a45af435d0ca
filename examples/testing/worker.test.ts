import { createTestQueues, type TestQueues } from "@alienplatform/testing";
import "@alienplatform/testing/vitest";
import { afterEach, beforeEach, expect, test } from "vitest";
import stack, { payments, receipts } from "./alien.ts";
import { bank } from "./src/bank.ts";
import "./src/worker.ts";

let queues: TestQueues;
beforeEach(async () => {
  bank.charges.clear();
  queues = await createTestQueues(stack);
});
afterEach(() => queues.close());

const payment = { customer: "ada", cents: 100 };

test("a payment is charged, and its receipt follows five minutes later", async () => {
  const { id } = await queues.queue(payments).send(payment);
  expect(await queues.drain()).toMatchObject([{ outcome: "ack", result: { charged: 100 } }]);
  expect(bank.charges).toEqual(new Map([[id, 100]]));
  expect(receipts).toHaveSent({ payload: { customer: "ada" }, delay: "5m" });
});

test("a payment that is delivered twice is charged once and has one receipt", async () => {
  await queues.queue(payments).send(payment);
  queues.duplicate(payments);
  expect(await queues.drain()).toHaveLength(2);
  expect(bank.charges.size).toBe(1);
  expect(receipts).toHaveSentTimes(1);
});

test("a payment whose acknowledgement got lost is charged once", async () => {
  await queues.queue(payments).send(payment);
  queues.loseAck(payments);
  const deliveries = await queues.drain({ until: "empty" });
  expect(deliveries.map(({ attempt, outcome }) => [attempt, outcome])).toEqual([
    [1, "lost"],
    [2, "ack"],
  ]);
  expect(bank.charges.size).toBe(1);
  expect(receipts).toHaveSentTimes(1);
});

test("a payment that keeps failing is kept as a dead letter, and a redrive charges it", async () => {
  const { id } = await queues.queue(payments).send(payment);
  queues.failNext(payments, 3, new Error("no connection to the bank"));
  await queues.drain({ until: "empty" });
  expect(bank.charges.size).toBe(0);
  await expect(payments).toHaveDeadLetter({ error: /connection/, attempts: 3 });
  await queues.operate(payments).dead.redrive([id]);
  expect(await queues.drain()).toMatchObject([{ id, attempt: 1, outcome: "ack" }]);
  expect(bank.charges).toEqual(new Map([[id, 100]]));
});

test("a payment of nothing is refused and not tried again", async () => {
  await queues.queue(payments).send({ customer: "bob", cents: 0 });
  await queues.drain();
  await expect(payments).toHaveDeadLetter({ payload: { customer: "bob" }, attempts: 1 });
});
