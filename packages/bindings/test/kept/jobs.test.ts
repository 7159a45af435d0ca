import { expect, test } from "vitest";
import { defaultOptions, withTable } from "../../conformance/index.ts";
import { QueueClient } from "../../src/queue/client.ts";
import type { DeadLetterSweep } from "../../src/queue/dead-letter.ts";
import { QueueOperations } from "../../src/queue/operations.ts";
import { VirtualClock } from "../../src/virtual-clock.ts";
import { BareOperator } from "../conformance-bare/bare-operator.ts";
import { type BareWorldOptions, bareWorld } from "../conformance-bare/bare-world.ts";
import { passing } from "./passing-time.ts";

const options = { ...defaultOptions, resultsMs: 24 * 3_600_000 };

/** A queue that keeps its jobs in a table, and who sends, receives and operates. */
async function kept(makeOperator?: BareWorldOptions["makeOperator"]) {
  const clock = new VirtualClock();
  const world = bareWorld({ clock, ...(makeOperator && { makeOperator }) });
  const { driver, operator } = await withTable(world)(options);
  if (operator === undefined) throw new TypeError("a bare service has an operator");
  const client = new QueueClient(driver, { queue: "tasks", options, clock });
  const receive = () => passing(clock, client.receive("tasks", 10));
  return { clock, client, operator, receive };
}

test("a job that was cancelled long before it is due does not run, also when its results are kept for less", async () => {
  const { clock, client, operator, receive } = await kept();
  const { id } = await client.sendText("a", { delay: "3d" });
  expect(await operator.cancelJob(id)).toEqual({ ok: true, applied: true });
  for (let hours = 0; hours <= 3 * 24; hours++) {
    expect(await receive()).toEqual([]);
    await clock.advance("1h");
  }
  expect(await receive()).toEqual([]);
});

test("jobs of a status are looked for among so many at a time, and the next page goes on", async () => {
  const { client, clock, operator } = await kept();
  const { id } = await client.sendText("cancelled");
  await operator.cancelJob(id);
  await clock.advance("1s");
  for (let sent = 0; sent < 5_000; sent += 1_000) {
    await client.sendBatch(Array.from({ length: 1_000 }, (_, n) => ({ payload: sent + n })));
  }
  const { jobs } = new QueueOperations(() => ({ operator, clock }), { queue: "tasks" });
  const first = await jobs.page({ status: "CANCELLED" });
  expect(first).toEqual({ jobs: [], next: expect.any(String) });
  const second = await jobs.page({ status: "CANCELLED", after: first.next });
  expect(second).toMatchObject({ jobs: [{ id }], next: undefined });
  expect(await jobs.list({ status: "CANCELLED" })).toMatchObject([{ id }]);
});

test("looks at dead letters that are taken on loan go one after the other, and a pass is one look", async () => {
  let looks = 0;
  class Counting extends BareOperator {
    override deadLetters(...query: Parameters<BareOperator["deadLetters"]>) {
      looks++;
      return super.deadLetters(...query);
    }
  }
  const { client, clock, operator, receive } = await kept((...made) => new Counting(...made));
  await client.sendBatch(Array.from({ length: 3 }, (_, n) => ({ payload: n })));
  for (const message of await receive()) await client.deadLetter(message, "unreadable");
  const { dead } = new QueueOperations(() => ({ operator, clock }), { queue: "tasks" });
  const met: string[] = [];
  const [page] = await passing(
    clock,
    Promise.all([dead.page(), dead.each(({ id }) => met.push(id) > 0), dead.page()]),
  );
  expect(page.letters.map(({ id }) => id)).toEqual(met);
  expect([met.length, looks]).toEqual([3, 2]);
});

test("what is sent while the service purges runs until it is done, also on its second delivery", async () => {
  let meanwhile = async () => undefined as unknown;
  class SlowPurge extends BareOperator {
    override async purge() {
      const purged = await super.purge();
      await meanwhile();
      return purged;
    }
  }
  const { clock, client, operator, receive } = await kept((...made) => new SlowPurge(...made));
  const before = await client.sendText("before");
  await clock.advance("1s");
  meanwhile = async () => {
    await clock.advance("1s");
    await client.sendText("meanwhile");
    await clock.advance("1s");
  };
  await operator.purge();
  const [first] = await receive();
  if (first === undefined) throw new TypeError("it was sent after the purge began");
  await client.nack(first);
  await clock.advance("1m");
  expect(await receive()).toMatchObject([{ id: first.id, attempt: 2 }]);
  expect(await operator.job(first.id)).toMatchObject({ status: "RUNNING" });
  expect(await operator.job(before.id)).toMatchObject({ status: "CANCELLED" });
});

test.each([
  ["SUCCEEDED", "0s"],
  ["SUCCEEDED", "1s"],
  ["DEAD", "1s"],
] as const)("a job that is %s %s after a sweep gave it back stays so", async (status, after) => {
  let meanwhile = () => Promise.resolve();
  class SlowSweep extends BareOperator {
    override async *sweep(sweep: DeadLetterSweep) {
      for await (const page of super.sweep(sweep)) {
        await meanwhile();
        yield page;
      }
    }
  }
  const { clock, client, operator, receive } = await kept((...made) => new SlowSweep(...made));
  const ended: string[] = [];
  const end = async (as: string) => {
    const received = await receive();
    for (const message of received) {
      if (as === "SUCCEEDED") await client.ack(message);
      else await client.deadLetter(message, "no");
      ended.push(`${as} ${message.id}`);
    }
  };
  const sent = [await client.sendText("a"), await client.sendText("b")];
  await end("DEAD");
  await clock.advance("1m");
  meanwhile = async () => {
    await clock.advance(after);
    await end(status);
  };
  const filter = { diedBy: clock.now() };
  const sweep = async () => {
    let pages = 0;
    for await (const _ of operator.sweep({ act: "redrive", filter, pageSize: 1, clock })) pages++;
    return pages;
  };
  expect(await passing(clock, sweep())).toBe(2);
  expect(ended).toHaveLength(4);
  for (const { id } of sent) expect(await operator.job(id)).toMatchObject({ status });
});
