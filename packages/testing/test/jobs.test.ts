import * as alien from "@alienplatform/core";
import { onQueueMessage } from "@alienplatform/sdk";
import { operate } from "@alienplatform/sdk/operate";
import { afterEach, expect, test } from "vitest";
import { createTestQueues, type TestQueues } from "../src/index.ts";

const tasks = new alien.Queue("tasks").maxAttempts(1).build();

let queues: TestQueues;
afterEach(() => queues.close());

test("a program waits for the result of what it sent, read and as text", async () => {
  queues = await createTestQueues([tasks]);
  onQueueMessage("tasks", ({ payload }) => ({ seen: payload }));
  const { jobs } = operate("tasks");
  const { id } = await queues.queue("tasks").send({ a: 1 });
  const wait = jobs.wait<{ seen: { a: number } }>(id);
  await queues.drain();
  const job = await wait;
  expect(job).toMatchObject({ id, queue: "tasks", status: "SUCCEEDED" });
  expect(job.result?.seen.a).toBe(1);
  expect(job.resultText).toBe('{"seen":{"a":1}}');
  expect(await jobs.get(id)).toEqual(job);
  expect(await jobs.list()).toEqual([job]);
  expect(await jobs.list({ status: "DEAD" })).toEqual([]);
});

test("a wait answers the job as it is when its time is over, by the test's clock", async () => {
  queues = await createTestQueues([tasks]);
  const { jobs } = operate(tasks);
  const { id } = await queues.queue("tasks").sendText("a", { delay: "1h" });
  const wait = jobs.wait(id, { timeout: "5m" });
  await queues.clock.advance("5m");
  expect(await wait).toMatchObject({ id, status: "PENDING" });
  const abort = new AbortController();
  const aborted = jobs.wait(id, { signal: abort.signal });
  const refused = expect(aborted).rejects.toMatchObject({ code: "ABORTED" });
  await queues.clock.advance(0);
  abort.abort();
  await refused;
  await expect(jobs.wait(id, { signal: abort.signal })).rejects.toMatchObject({ code: "ABORTED" });
});

test("requeue and cancel say whether they did anything, and refuse what is not there", async () => {
  queues = await createTestQueues([tasks]);
  const { jobs } = operate("tasks");
  const client = queues.queue("tasks");
  const { id } = await client.sendText("a");
  const [message] = await client.receive();
  expect(await jobs.cancel(id)).toBe(false);
  if (message !== undefined) await client.deadLetter(message, "no");
  expect(await jobs.requeue(id)).toBe(true);
  expect(await jobs.requeue(id)).toBe(false);
  expect(await jobs.cancel(id)).toBe(true);
  expect((await jobs.get(id))?.status).toBe("CANCELLED");
  const unknown = { code: "UNKNOWN_JOB" };
  expect(await jobs.get("nothing")).toBeUndefined();
  await expect(jobs.wait("nothing")).rejects.toMatchObject(unknown);
  await expect(jobs.requeue("nothing")).rejects.toMatchObject(unknown);
  await expect(jobs.cancel("nothing")).rejects.toMatchObject(unknown);
  // @ts-expect-error from JavaScript anything may come
  await expect(jobs.list({ status: "LOST" })).rejects.toMatchObject({ code: "OPTION_INVALID" });
});
