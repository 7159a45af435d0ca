import { expect, test } from "vitest";
import { SqsQueueOperator } from "../src/queue/operator.ts";
import { openWire } from "./wire/open-wire.ts";

async function opened(options: Parameters<typeof openWire>[0] = {}) {
  const open = await openWire(options);
  return { ...open, operator: new SqsQueueOperator(open.queue, { clock: open.clock, waitMs: 0 }) };
}

function counts(ready: number, delayed: number, inFlight: number): { readonly answer: object } {
  return {
    answer: {
      Attributes: {
        ApproximateNumberOfMessages: String(ready),
        ApproximateNumberOfMessagesDelayed: String(delayed),
        ApproximateNumberOfMessagesNotVisible: String(inFlight),
      },
    },
  };
}

test("stats are SQS's counts of the queue, and of all that is in the one of its dead letters", async () => {
  const { wire, queue, operator } = await opened();
  wire.reply = ({ input }) => (input.QueueUrl === queue.url ? counts(7, 2, 3) : counts(4, 0, 1));
  expect(await operator.stats()).toEqual({ ready: 7, delayed: 2, inFlight: 3, dead: 5 });
});

test("dead letters that are messages of a declared queue are none of this one", async () => {
  const { wire, operator } = await opened({ deadLetters: "failed" });
  wire.reply = () => counts(7, 2, 3);
  expect(await operator.stats()).toEqual({ ready: 7, delayed: 2, inFlight: 3, dead: 0 });
  expect(await operator.deadLetters({ limit: 10 })).toEqual([]);
  expect(wire.calls.map(({ action }) => action)).toEqual(["GetQueueAttributes"]);
});

test("purge removes all that is in the queue, on loan or not, and answers how many were", async () => {
  const { wire, queue, operator } = await opened();
  wire.reply = ({ action }) => (action === "PurgeQueue" ? { answer: {} } : counts(7, 2, 3));
  expect(await operator.purge()).toBe(12);
  expect(wire.calls.map(({ action, input }) => [action, input.QueueUrl])).toEqual([
    ["GetQueueAttributes", queue.url],
    ["PurgeQueue", queue.url],
  ]);
});

test("a second purge within a minute says so", async () => {
  const { wire, operator } = await opened();
  wire.reply = ({ action }) =>
    action === "PurgeQueue" ? { error: "PurgeQueueInProgress", status: 403 } : counts(0, 0, 0);
  await expect(operator.purge()).rejects.toMatchObject({
    code: "THROTTLED",
    retryable: true,
    fix: expect.stringContaining("60 seconds"),
  });
});

test("what the identity may not do is said with the action and the queue", async () => {
  const { wire, operator } = await opened();
  const message =
    "User: arn:aws:iam::123456789012:user/dev is not authorized to perform: sqs:getqueueattributes";
  wire.reply = () => ({ error: "AccessDeniedException", status: 403, message });
  await expect(operator.stats()).rejects.toMatchObject({
    code: "PERMISSION_DENIED",
    message: `counting queue "tasks" failed: AccessDeniedException: ${message}`,
  });
});

test("what SQS cannot show is refused with the nearest alternative", async () => {
  const { operator } = await opened();
  await expect(operator.peek({ limit: 1 })).rejects.toMatchObject({ code: "UNSUPPORTED" });
  await expect(operator.pause({ reason: "no" })).rejects.toMatchObject({ code: "UNSUPPORTED" });
});
