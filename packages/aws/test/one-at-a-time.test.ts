import { expect, test } from "vitest";
import { startQueues } from "./fauxqs/start-queues.ts";

const { open } = await startQueues();

test("in one group of SQS one message is on loan at a time, of whatever group, in order", async () => {
  const { client, driver } = await open({ fifo: {} }, { oneGroup: true });
  for (const [n, group] of ["a", "b", "a"].entries()) await client.send(n, { group });
  const receivers = await Promise.all(
    [driver, driver].map((each) => each.open({ credit: 10, leaseMs: 30_000 })),
  );
  const seen: unknown[] = [];
  for (let n = 0; n < 3; n++) {
    const [one, other] = receivers;
    const [delivery] = (await one?.take(10, 0)) ?? [];
    expect(await other?.take(10, 0)).toEqual([]);
    if (delivery === undefined) throw new Error("nothing was lent");
    seen.push([delivery.body, delivery.group]);
    await one?.settle([{ delivery, outcome: { kind: "ack" } }]);
    receivers.reverse();
  }
  expect(seen).toEqual([
    ["0", "a"],
    ["1", "b"],
    ["2", "a"],
  ]);
});

test("in groups of their own they are on loan side by side", async () => {
  const { client, driver } = await open({ fifo: {} });
  await client.sendBatch(["a", "b"].map((group, n) => ({ payload: n, group })));
  const receiver = await driver.open({ credit: 10, leaseMs: 30_000 });
  expect(await receiver.take(10, 0)).toHaveLength(2);
});
