import { expect, it } from "vitest";
import { operate } from "../src/operate.ts";
import { PubSubQueueOperator } from "../src/queue/operator.ts";
import { openWire } from "./wire/open-wire.ts";

const { clock, server, open } = await openWire();

it("stats are refused with the names under which Google counts", async () => {
  const { binding } = await open();
  const operator = operate.queue(binding, clock);
  await expect(operator.stats()).rejects.toMatchObject({
    code: "UNSUPPORTED",
    fix: expect.stringMatching(
      /num_undelivered_messages and .*oldest_unacked_message_age of projects\/alien\/subscriptions\//,
    ),
  });
  await operator.close();
});

it("a purge takes what waits and what is on loan, and tells no number", async () => {
  const { binding, client } = await open();
  await client.sendBatch([{ payload: 1 }, { payload: 2 }]);
  const [message] = await client.receive();
  expect(message).toBeDefined();
  const operator = operate.queue(binding, clock);
  expect(await operator.purge()).toBe(0);
  await clock.advance(60_000);
  expect(await client.receive(10)).toEqual([]);
  await client.send({ n: 3 });
  expect(await client.receive(10)).toHaveLength(1);
  await operator.close();
});

it("a purge that Pub/Sub refuses says so", async () => {
  const { binding } = await open();
  const operator = operate.queue(binding, clock);
  server.failNext("Seek", 7);
  await expect(operator.purge()).rejects.toMatchObject({
    code: "PERMISSION_DENIED",
    message: expect.stringMatching(/^purging queue "tasks" failed: /),
  });
  await operator.close();
});

it("many dead letters of one group are listed, in whatever pieces Pub/Sub gives them", async () => {
  const { queue, client, requests, methods } = await open({ fifo: {} });
  for (let n = 0; n < 5; n++) await client.send({ n }, { group: "a" });
  for (let n = 0; n < 5; n++) {
    const [message] = await client.receive();
    if (message !== undefined) await client.deadLetter(message, "unreadable");
  }
  const operator = new PubSubQueueOperator(queue, { clock, waitMs: 0 });
  requests.length = 0;
  const letters = await operator.deadLetters({ limit: 10 });
  // Not one by one, as of a group that is handled in order.
  expect(methods().filter((method) => method === "Pull")).toHaveLength(2);
  expect(letters.map(({ group }) => group)).toEqual(["a", "a", "a", "a", "a"]);
  const ids = letters.map(({ id }) => id);
  expect(await operator.redrive(ids)).toHaveLength(5);
  expect(await operator.deadLetters({ limit: 10 })).toEqual([]);
  expect(await client.receive(10)).toHaveLength(1);
});
