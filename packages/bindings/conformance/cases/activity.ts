import assert from "node:assert/strict";
import type { ActivityEvent } from "../../src/queue/inspector.ts";
import type { Bench } from "../bench.ts";
import type { ConformanceCase } from "../case.ts";

const needs = { inspector: true } as const;
/** Answers come together; this is longer than anybody keeps them. */
const ANSWERED_MS = 1_000;

/** Watching what happens in a queue. */
export const activity: readonly ConformanceCase[] = [
  {
    name: "whoever watches hears what becomes of each message, in order, with attempts and errors",
    needs: { ...needs, "retry delay": true },
    async run(bench) {
      const [before = ""] = await bench.texts("before");
      const ids: string[] = [];
      const events = await heard(bench, 10, async () => {
        ids.push(...(await bench.texts("a")));
        await bench.clock.advance(2_000);
        const [first, a] = await bench.take(2);
        assert(first && a);
        await bench.client.ack(first);
        await bench.client.nack(a, { reason: "smtp down" });
        await bench.client.deadLetter(await bench.one(), "no such account");
        const [id = ""] = ids;
        await bench.operator.redrive([id]);
        await bench.client.ack(await bench.one());
      });
      const [id = ""] = ids;
      assert.deepEqual(events.map(shape), [
        [id, "sent", undefined],
        [before, "taken", 1],
        [id, "taken", 1],
        [before, "acked", 1],
        [id, "retried", 1],
        [id, "taken", 2],
        [id, "dead", 2],
        [id, "redriven", undefined],
        [id, "taken", 1],
        [id, "acked", 1],
      ]);
      const messages = events.map(({ error }) => error?.message);
      assert.deepEqual([messages[4], messages[6]], ["smtp down", "no such account"]);
      const waitedMs = events[2]?.waitedMs ?? 0;
      assert(waitedMs >= 2_000 - bench.precisionMs, `it waited for 2 s, not ${waitedMs} ms`);
    },
  },
  {
    name: "whoever watches hears of leases that end and of dead letters that are discarded",
    // Shorter than a watch is kept for whoever is slow to ask on.
    options: { leaseMs: 5_000 },
    needs,
    async run(bench) {
      const ids: string[] = [];
      const events = await heard(bench, 6, async () => {
        ids.push(...(await bench.texts("a")));
        await bench.one();
        await bench.endLeases();
        await bench.client.deadLetter(await bench.one(), "unreadable");
        await bench.operator.discard(ids);
      });
      const [id] = ids;
      assert.deepEqual(
        events.map(({ type }) => type),
        ["sent", "taken", "expired", "taken", "dead", "discarded"],
      );
      assert.deepEqual(new Set(events.map((event) => event.id)), new Set([id]));
    },
  },
  {
    name: "a watch goes on after its cursor: nothing is told twice or left out",
    needs,
    async run(bench) {
      const { inspector } = bench;
      const { signal } = new AbortController();
      const first = inspector.activity(undefined, signal);
      await bench.clock.advance(bench.precisionMs);
      const [a] = await bench.texts("a");
      await bench.clock.advance(ANSWERED_MS);
      const { cursor, events, skipped } = await bench.soon(first);
      assert.deepEqual([events.map(({ id }) => id), skipped], [[a], 0]);
      const [b] = await bench.texts("b");
      const second = inspector.activity(cursor, signal);
      await bench.clock.advance(ANSWERED_MS);
      const next = await bench.soon(second);
      assert.deepEqual([next.events.map(({ id }) => id), next.skipped], [[b], 0]);
      const again = inspector.activity(cursor, signal);
      await bench.clock.advance(ANSWERED_MS);
      assert.deepEqual(await bench.soon(again), next);
    },
  },
  {
    name: "a watch waits for something to happen, and ends with its signal",
    needs,
    async run(bench) {
      await bench.texts("before");
      const stop = new AbortController();
      let answered = false;
      const watch = bench.inspector.activity(undefined, stop.signal);
      const ended = watch.then(
        () => {
          answered = true;
        },
        (error: unknown) => error,
      );
      await bench.clock.advance(ANSWERED_MS);
      assert.equal(answered, false, "nothing has happened");
      stop.abort();
      await bench.soon(ended);
      await bench.refused("ABORTED", () => watch);
    },
  },
];

function shape({ id, type, attempt }: ActivityEvent) {
  return [id, type, attempt];
}

/** What a watch hears of what is done, when it has heard so much. */
async function heard(
  bench: Bench,
  count: number,
  act: () => Promise<void>,
): Promise<readonly ActivityEvent[]> {
  const events: ActivityEvent[] = [];
  const stop = new AbortController();
  let skipped = 0;
  const watch = async () => {
    for (let cursor: string | undefined; ; ) {
      const answer = await bench.inspector.activity(cursor, stop.signal);
      events.push(...answer.events);
      skipped += answer.skipped;
      cursor = answer.cursor;
    }
  };
  const ended = watch().catch((error: unknown) => error);
  await bench.clock.advance(bench.precisionMs);
  await act();
  for (let time = 0; time < 10 && events.length < count; time++) {
    await bench.clock.advance(ANSWERED_MS);
  }
  await bench.until(`event ${count}`, () => events.length >= count);
  stop.abort();
  await ended;
  assert.equal(skipped, 0);
  return events;
}
