import { QueueClient } from "@alienplatform/bindings";
import { expect, onTestFinished, test } from "vitest";
import { type StartedQueue, startQueues } from "./fauxqs/start-queues.ts";

const { open } = await startQueues();

/** As in another process, which has received nothing. */
async function elsewhere({ another, options, clock }: StartedQueue) {
  if (another === undefined) throw new Error("this world has one connection only");
  const client = new QueueClient<unknown>(await another(), { queue: "tasks", options, clock });
  onTestFinished(() => client.close());
  return client;
}

test("another process acknowledges and extends by the receipt alone", async () => {
  const world = await open();
  const { client, clock, options } = world;
  const other = await elsewhere(world);
  await client.sendBatch(["acked", "extended"].map((payload) => ({ payload })));
  const byPayload = new Map(
    (await client.receive(2)).map((message) => [message.payload, message.receiptHandle]),
  );
  await other.ack("tasks", byPayload.get("acked") ?? "");
  await other.extend("tasks", byPayload.get("extended") ?? "", "2m");
  await clock.advance(options.leaseMs + 1_000);
  expect(await client.receive(2)).toEqual([]);
  await clock.advance(90_000);
  expect(await client.receive(2)).toMatchObject([{ payload: "extended", attempt: 2 }]);
});

test("what else another process says of a receipt changes nothing: the message comes back", async () => {
  const world = await open();
  const { client, clock, options, operator } = world;
  const other = await elsewhere(world);
  await client.sendText("a");
  const [message] = await client.receive();
  const receipt = message?.receiptHandle ?? "";
  await other.nack("tasks", receipt);
  await other.deadLetter("tasks", receipt, "unreadable");
  expect(await client.receive()).toEqual([]);
  await clock.advance(options.leaseMs + 1_000);
  expect(await client.receive()).toMatchObject([{ payload: "a", attempt: 2 }]);
  expect(await operator.deadLetters({ limit: 10 })).toEqual([]);
});

test("a message that comes when a consumer has just ended is not lost: it comes back when its lease ends at the latest", async () => {
  const world = await open({ leaseMs: 30_000 });
  const { client, clock } = world;
  const leaving = await elsewhere(world);
  const stop = new AbortController();
  const received = leaving.receive("tasks", 1, { wait: "20s", signal: stop.signal });
  await clock.advance(0);
  stop.abort();
  expect(await received).toEqual([]);
  await leaving.close();
  const { id } = await client.send({ n: 1 });
  await clock.advance(30_000);
  expect(await client.receive()).toMatchObject([{ id }]);
});

test("a message that another has acknowledged after its lease had ended is no dead letter", async () => {
  const world = await open({ leaseMs: 30_000 });
  const { client, clock, operator } = world;
  const other = await elsewhere(world);
  await client.send({ n: 1 });
  const [slow] = await client.receive();
  await clock.advance(30_000);
  const [again] = await other.receive();
  if (slow === undefined || again === undefined) throw new Error("it was not received twice");
  await other.ack(again);
  await expect(client.deadLetter(slow, "too late")).rejects.toMatchObject({
    code: "RECEIPT_EXPIRED",
  });
  expect(await operator.deadLetters({ limit: 10 })).toEqual([]);
});
