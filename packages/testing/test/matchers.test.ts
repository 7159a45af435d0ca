import "@alienplatform/testing/vitest";
import * as alien from "@alienplatform/core";
import { onQueueMessage, queue } from "@alienplatform/sdk";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createTestQueues, type QueueMatchers, type TestQueues } from "../src/index.ts";

const mails = new alien.Queue("mails").maxAttempts(1).build();
const payments = new alien.Queue("payments").fifo().build();

let queues: TestQueues;
beforeEach(async () => {
  queues = await createTestQueues([mails, payments]);
});
afterEach(() => queues.close());

/** What an expectation that fails says. */
async function failure(expectation: () => unknown): Promise<string> {
  try {
    await expectation();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  throw new Error("it passed");
}

test("toHaveSent finds a message by a part of it, whatever names the queue", async () => {
  const client = queues.queue(mails);
  await client.send(
    { to: "ada", body: { lines: ["hello", "ada"] } },
    {
      delay: "5m",
      priority: 3,
      idempotencyKey: "welcome-ada",
      attributes: { tenant: "acme", trace: "7" },
    },
  );
  expect(mails).toHaveSent();
  expect("mails").toHaveSent({ payload: { to: "ada" } });
  expect(client).toHaveSent({ payload: { body: { lines: ["hello", "ada"] } } });
  expect(await queue("mails")).toHaveSent({ delay: "5m" });
  expect(mails).toHaveSent({ delay: "300s", priority: 3, attributes: { tenant: "acme" } });
  expect(mails).toHaveSent({ delay: new Date(queues.clock.now() + 300_000) });
  expect(mails).toHaveSent({ idempotencyKey: expect.stringMatching(/^welcome-/) });
  expect(mails).toHaveSent({ payload: { to: expect.any(String) }, kind: "json" });
  expect(mails).not.toHaveSent({ payload: { to: "ad" } });
  expect(mails).not.toHaveSent({ payload: { body: { lines: ["hello"] } } });
  expect(mails).not.toHaveSent({ delay: "5s" });
  expect(mails).not.toHaveSent({ payload: { to: "ada" }, priority: 4 });
  expect(payments).not.toHaveSent();
});

test("toHaveSent knows groups, jobs, concurrency and texts", async () => {
  await queues.queue(payments).call("charge", { cents: 1 }, { group: 7, maxAttempts: 2 });
  await queues.queue(mails).sendText("hello");
  expect(payments).toHaveSent({ group: 7, job: "charge", maxAttempts: 2 });
  expect(payments).toHaveSent({ group: "7" });
  expect(payments).not.toHaveSent({ job: "refund" });
  expect(mails).toHaveSent({ payload: "hello", kind: "text" });
  expect(mails).not.toHaveSent({ payload: "hell" });
  expect(mails).not.toHaveSent({ group: "7" });
  expect(mails).not.toHaveSent({ concurrency: { key: "ada" } });
});

test("toHaveSentTimes counts, and what was deduplicated was not sent", async () => {
  for (const to of ["ada", "bob", "ada"]) {
    await queues.queue(mails).send({ to }, { idempotencyKey: to });
  }
  expect(mails).toHaveSentTimes(2);
  expect(mails).toHaveSentTimes(1, { payload: { to: "ada" } });
  expect(mails).toHaveSentTimes(0, { payload: { to: "eve" } });
  expect(mails).not.toHaveSentTimes(1);
});

test("toHaveSent says what was sent instead", async () => {
  await queues.queue(mails).send({ to: "ada" }, { delay: "5m", attributes: { tenant: "a" } });
  await queues.queue(mails).call("remind", "bob");
  expect(await failure(() => expect(mails).toHaveSent({ payload: { to: "bob" } }))).toBe(
    [
      'expected queue "mails" to have been sent {"payload": {"to": "bob"}}',
      "",
      "it was sent:",
      '  1. {"to": "ada"} with {"attributes": {"tenant": "a"}, "delay": "300000ms"}',
      '  2. remind "bob"',
    ].join("\n"),
  );
  expect(await failure(() => expect(payments).toHaveSent())).toBe(
    'expected queue "payments" to have been sent\n\nit was sent: none',
  );
  expect(await failure(() => expect(mails).not.toHaveSent())).toContain("not to have been sent");
  expect(await failure(() => expect(mails).toHaveSentTimes(3, { kind: "json" }))).toContain(
    "3 times, but 1 of 2 matched",
  );
});

test("long lists and long payloads are cut", async () => {
  const entries = Array.from({ length: 25 }, () => ({ payload: { text: "x".repeat(1_000) } }));
  await queues.queue(mails).sendBatch(entries);
  const text = await failure(() => expect(mails).toHaveSent({ payload: 1 }));
  expect(text).toContain("  20. ");
  expect(text).toContain("  and 5 more");
  expect(text.length).toBeLessThan(6_000);
});

test("toHaveDeadLetter finds a dead letter by payload and error", async () => {
  onQueueMessage("mails", () => {
    throw new RangeError("smtp is down");
  });
  await queues.queue(mails).send({ to: "ada", n: 1 });
  await expect(mails).not.toHaveDeadLetter();
  await queues.drain();
  await expect(mails).toHaveDeadLetter();
  await expect(mails).toHaveDeadLetter({ payload: { to: "ada" }, error: "smtp", attempts: 1 });
  await expect("mails").toHaveDeadLetter({ error: /^smtp is/ });
  await expect(mails).toHaveDeadLetter({ error: { code: "RangeError" } });
  await expect(mails).not.toHaveDeadLetter({ error: "disk" });
  await expect(mails).not.toHaveDeadLetter({ error: { code: "LEASE_EXPIRED" } });
  await expect(mails).not.toHaveDeadLetter({ payload: { to: "bob" } });
  await expect(mails).not.toHaveDeadLetter({ attempts: 2 });
  expect(await failure(() => expect(mails).toHaveDeadLetter({ error: "disk" }))).toBe(
    [
      'expected queue "mails" to have a dead letter {"error": "disk"}',
      "",
      "its dead letters:",
      '  1. {"n": 1, "to": "ada"} after 1 attempt: RangeError: smtp is down',
    ].join("\n"),
  );
});

test("toHaveDeadLetter looks at more dead letters than one page holds", async () => {
  onQueueMessage("mails", () => Promise.reject(new Error("no")));
  const entries = Array.from({ length: 501 }, (_, n) => ({ payload: { n } }));
  await queues.queue(mails).sendBatch(entries);
  await queues.drain();
  await expect(mails).toHaveDeadLetter({ payload: { n: 500 } });
});

test("toHaveMessages and toHaveNoMessages count what is there", async () => {
  await expect(mails).toHaveNoMessages();
  await queues.queue(mails).send({ n: 1 });
  await queues.queue(mails).send({ n: 2 }, { delay: "1m" });
  await expect(mails).toHaveMessages({ ready: 1, delayed: 1, inFlight: 0, dead: 0 });
  await expect(mails).not.toHaveNoMessages();
  await queues.queue(mails).receive();
  await expect(mails).toHaveMessages({ inFlight: 1 });
  await expect(mails).not.toHaveMessages({ inFlight: 0 });
  expect(await failure(() => expect(mails).toHaveMessages({ ready: 3 }))).toBe(
    'expected queue "mails" to have {"ready": 3}\n\nit has {"dead": 0, "delayed": 1, "inFlight": 1, "ready": 0}',
  );
  expect(await failure(() => expect(mails).toHaveNoMessages())).toBe(
    'expected queue "mails" to have no messages\n\nit has {"delayed": 1, "inFlight": 1, "ready": 0}, and 0 dead',
  );
});

test("a wrong use says the right form, and does not pass as an expectation", async () => {
  // A field that no message has: JavaScript may write it.
  const misspelled: object = { to: "ada" };
  await queues.queue(mails).send({ to: "ada" });
  expect(() => expect(mails).not.toHaveSent(misspelled)).toThrow("{ payload: ... }");
  await expect(expect(mails).not.toHaveDeadLetter(misspelled)).rejects.toThrow('no "to"');
  expect(() => expect(queues).toHaveSent()).toThrow("expect(tasks).toHaveSent()");
  expect(() => expect("mail").toHaveSent()).toThrow('no queue "mail"');
  await queues.close();
  expect(() => expect(mails).toHaveSent()).toThrow("createTestQueues(stack)");
});

test("the matchers are typed", () => {
  const typed: (it: QueueMatchers) => void = (it) => {
    it.toHaveSent({ payload: {}, delay: "5m" });
    // @ts-expect-error there is no such field
    it.toHaveSent({ delayed: "5m" });
    // @ts-expect-error a delay has a unit
    it.toHaveSent({ delay: "5" });
    // @ts-expect-error how many comes first
    it.toHaveSentTimes({ payload: {} });
    // @ts-expect-error there is no such state
    void it.toHaveMessages({ waiting: 1 });
  };
  expect(typed).toBeTypeOf("function");
  // @ts-expect-error vitest knows the matchers by their types
  expect(() => expect(mails).toHaveSent({ delayed: "5m" })).toThrow('no "delayed"');
});
