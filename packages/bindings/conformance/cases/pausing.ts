import assert from "node:assert/strict";
import type { Bench } from "../bench.ts";
import type { ConformanceCase } from "../case.ts";

const needs = { "pausing and binding": true } as const;
const deadLetter = { reason: "the bank is closed", whilePaused: "deadLetter" } as const;

/** Pausing, resuming and binding: what operators decide, and what becomes of messages meanwhile. */
export const pausing: readonly ConformanceCase[] = [
  {
    name: "while paused no handler is called; once resumed what waited is handled",
    needs,
    async run(bench) {
      const seen = handled(bench);
      await bench.texts("before");
      await bench.until("the first message", () => seen.length === 1);
      await bench.operator.pause({ reason: "maintenance" });
      await bench.texts("a", "b");
      await bench.clock.advance(10_000);
      assert.deepEqual(seen, ["before"]);
      const { ready, inFlight } = await bench.operator.stats();
      assert.deepEqual([ready, inFlight], [2, 0], "they do not wait in the queue");
      await bench.operator.resume();
      await bench.until("what waited", () => seen.length === 3);
      assert.deepEqual(seen, ["before", "a", "b"]);
    },
  },
  {
    name: "a consumer that starts while paused waits too",
    needs,
    async run(bench) {
      await bench.operator.pause({ reason: "maintenance" });
      await bench.texts("a");
      const seen = handled(bench);
      await bench.clock.advance(10_000);
      assert.deepEqual(seen, []);
      await bench.operator.resume();
      await bench.until("the message", () => seen.length === 1);
    },
  },
  {
    name: "a receiver with handlers is given nothing while paused, and told of it",
    needs,
    async run(bench) {
      const told: boolean[] = [];
      const { leaseMs } = bench.options;
      const onPause = (paused: boolean) => void told.push(paused);
      const receiver = await bench.driver.open({ credit: 1, handlers: 1, leaseMs, onPause });
      await bench.texts("a");
      await bench.operator.pause({ reason: "maintenance" });
      await bench.until("the news", () => told.length === 1);
      assert.deepEqual(await receiver.take(1, 0), []);
      await bench.operator.pause({ reason: "it takes longer" });
      await bench.operator.resume();
      await bench.until("the news", () => told.length === 2);
      assert.deepEqual(told, [true, false]);
      assert.equal((await receiver.take(1, bench.waitMs)).length, 1);
      await receiver.close();
      await bench.operator.pause({ reason: "maintenance" });
      await bench.clock.advance(1_000);
      assert.equal(told.length, 2, "it is told after it was closed");
    },
  },
  {
    name: "a handler that runs when the queue is paused goes on to its end",
    needs,
    async run(bench) {
      const seen: unknown[] = [];
      let finish: () => void = () => undefined;
      bench.consume(async ({ payload, attempt }, { signal }) => {
        if (payload === "long") await new Promise<void>((resolve) => (finish = resolve));
        seen.push([payload, attempt, signal.aborted]);
      });
      await bench.texts("long");
      await inFlight(bench, 1);
      await bench.operator.pause({ reason: "maintenance" });
      await bench.texts("next");
      await bench.clock.advance(1_000);
      finish();
      await bench.settled(1);
      await bench.clock.advance(1_000);
      assert.deepEqual(seen, [["long", 1, false]]);
      await bench.operator.resume();
      await bench.settled(2);
      assert.deepEqual(seen[1], ["next", 1, false]);
      const { ready, inFlight: again } = await bench.operator.stats();
      assert.deepEqual([ready, again], [0, 0], "what was handled during the pause came back");
    },
  },
  {
    name: "polled receive goes on while paused",
    needs,
    async run(bench) {
      await bench.operator.pause({ reason: "maintenance" });
      await bench.texts("a");
      const message = await bench.one();
      assert.deepEqual([message.payload, message.attempt], ["a", 1]);
      await bench.client.ack(message);
    },
  },
  {
    name: "a pause with an until ends by itself then, not before",
    needs,
    async run(bench) {
      const until = bench.clock.now() + 10_000;
      await bench.operator.pause({ reason: "maintenance", until });
      const seen = handled(bench);
      await bench.texts("a");
      await bench.almost(10_000);
      assert.deepEqual(seen, [], "it ended early");
      assert.equal((await bench.operator.stats()).paused?.until, until);
      await bench.due();
      await bench.until("the message", () => seen.length === 1);
      assert.equal((await bench.operator.stats()).paused, undefined);
    },
  },
  {
    name: "a second pause replaces the first, its reason and its until too",
    needs,
    async run(bench) {
      const until = bench.clock.now() + 10_000;
      await bench.operator.pause({ reason: "maintenance", until });
      await bench.operator.pause({ reason: "it takes longer" });
      const seen = handled(bench);
      await bench.texts("a");
      await bench.clock.advance(10_000);
      assert.deepEqual(seen, [], "the first pause's end ended the second");
      const { paused } = await bench.operator.stats();
      assert.deepEqual([paused?.reason, paused?.until], ["it takes longer", undefined]);
    },
  },
  {
    name: "resuming a queue that is not paused changes nothing",
    needs: { operator: true },
    async run(bench) {
      const before = await bench.operator.control();
      assert.equal(before.pause, undefined);
      await bench.operator.resume();
      assert.deepEqual(await bench.operator.control(), before);
    },
  },
  {
    name: "stats say why, since when and until when a queue is paused",
    needs,
    async run(bench) {
      const since = bench.clock.now();
      const until = since + 60_000;
      await bench.operator.pause({ reason: "maintenance", until });
      assert.deepEqual((await bench.operator.stats()).paused, {
        reason: "maintenance",
        until,
        whilePaused: "wait",
        since,
      });
      await bench.operator.resume();
      assert.equal((await bench.operator.stats()).paused, undefined);
    },
  },
  {
    name: "whoever watches a queue hears of each decision",
    needs,
    async run(bench) {
      const { operator } = bench;
      const stop = new AbortController();
      const { version } = await operator.control();
      const paused = operator.controlAfter(version, stop.signal);
      await operator.pause({ reason: "maintenance", until: bench.clock.now() + 1_000 });
      const first = await bench.soon(paused);
      assert.equal(first.pause?.reason, "maintenance");
      const resumed = operator.controlAfter(first.version, stop.signal);
      await bench.clock.advance(1_000);
      const second = await bench.soon(resumed);
      assert.equal(second.pause, undefined);
      const never = operator.controlAfter(second.version, stop.signal);
      stop.abort();
      await bench.refused("ABORTED", () => never);
    },
  },
  {
    name: "purge takes what waits while paused, and the queue stays paused",
    needs,
    async run(bench) {
      await bench.operator.pause({ reason: "maintenance" });
      await bench.texts("a", "b");
      assert.equal(await bench.operator.purge(), 2);
      assert.equal((await bench.operator.stats()).paused?.reason, "maintenance");
      await bench.operator.resume();
      await bench.nothing("a purged message was delivered");
    },
  },
  {
    name: "a group keeps its order through a pause",
    needs: { ...needs, ordered: true },
    options: { fifo: {} },
    async run(bench) {
      const seen: unknown[] = [];
      let finish: () => void = () => undefined;
      bench.consume(async ({ payload }) => {
        if (payload === "a1") await new Promise<void>((resolve) => (finish = resolve));
        seen.push(payload);
      });
      for (const name of ["a1", "a2", "a3"]) await bench.client.sendText(name, { group: "a" });
      await inFlight(bench, 1);
      await bench.operator.pause({ reason: "maintenance" });
      finish();
      await bench.settled(1);
      await bench.clock.advance(1_000);
      assert.deepEqual(seen, ["a1"]);
      await bench.operator.resume();
      await bench.until("the rest of the group", () => seen.length === 3);
      assert.deepEqual(seen, ["a1", "a2", "a3"]);
    },
  },
  {
    name: "what is ready when a queue is paused to dead-letter is dead at once, in order, its attempts as they were",
    needs,
    async run(bench) {
      const ids = await bench.texts("a", "b", "c");
      await bench.client.nack(await bench.one());
      await bench.operator.pause(deadLetter);
      await bench.clock.advance(bench.precisionMs);
      const letters = await bench.operator.deadLetters({ limit: 10 });
      assert.deepEqual(
        letters.map(({ id, attempts, error }) => [id, attempts, error.code]),
        [
          [ids[0], 1, "PAUSED"],
          [ids[1], 0, "PAUSED"],
          [ids[2], 0, "PAUSED"],
        ],
      );
      assert(letters[0]?.error.message.includes(deadLetter.reason), "it does not say why");
      await bench.nothing("a dead letter was delivered");
      const { ready, dead } = await bench.operator.stats();
      assert.deepEqual([ready, dead], [0, 3]);
    },
  },
  {
    name: "what is sent, becomes due or is given back while paused to dead-letter is dead then, and no handler is called",
    needs: { ...needs, delay: true },
    async run(bench) {
      await bench.texts("on loan");
      const loaned = await bench.one();
      const seen = handled(bench);
      await bench.operator.pause(deadLetter);
      await bench.texts("sent");
      await bench.client.sendText("delayed", { delay: "1s" });
      await bench.almost(1_000);
      assert.deepEqual(await deadBodies(bench), ["sent"]);
      await bench.clock.advance(bench.precisionMs);
      assert.deepEqual(await deadBodies(bench), ["sent", "delayed"]);
      await bench.client.nack(loaned);
      await bench.clock.advance(bench.precisionMs);
      assert.deepEqual(await deadBodies(bench), ["sent", "delayed", "on loan"]);
      assert.deepEqual(seen, []);
    },
  },
  {
    name: "a group goes to the dead letters in order, after what of it is on loan",
    needs: { ...needs, ordered: true },
    options: { fifo: {} },
    async run(bench) {
      for (const name of ["a1", "a2", "b1", "a3", "b2"]) {
        await bench.client.sendText(name, { group: name.charAt(0) });
      }
      const a1 = await bench.one();
      assert.equal(a1.payload, "a1");
      await bench.operator.pause(deadLetter);
      await bench.clock.advance(bench.precisionMs);
      assert.deepEqual(await deadBodies(bench), ["b1", "b2"]);
      await bench.client.nack(a1);
      await bench.clock.advance(bench.precisionMs);
      assert.deepEqual(await deadBodies(bench), ["b1", "b2", "a1", "a2", "a3"]);
    },
  },
  {
    name: "a redrive is refused while the queue is paused to dead-letter, and works once it is resumed",
    needs,
    async run(bench) {
      await bench.operator.pause(deadLetter);
      const [id = ""] = await bench.texts("a");
      await bench.due();
      await bench.refused("QUEUE_PAUSED", () => bench.operator.redrive([id]));
      assert.deepEqual(await deadBodies(bench), ["a"]);
      await bench.operator.resume();
      assert.deepEqual(await bench.operator.redrive([id]), [{ ok: true, applied: true }]);
      const message = await bench.one();
      assert.deepEqual([message.id, message.attempt], [id, 1]);
    },
  },
  {
    name: "a message that is redriven while the queue is paused waits",
    needs,
    async run(bench) {
      const id = await bench.kill("a");
      const seen = handled(bench);
      await bench.operator.pause({ reason: "maintenance" });
      assert.deepEqual(await bench.operator.redrive([id]), [{ ok: true, applied: true }]);
      await bench.clock.advance(10_000);
      assert.deepEqual(seen, []);
      await bench.operator.resume();
      await bench.until("the message", () => seen.length === 1);
    },
  },
  {
    name: "binding a consumer overwrites the one before and sets it active unless told otherwise",
    needs,
    async run(bench) {
      const { operator } = bench;
      await operator.bind("worker", "paused");
      const { consumer, pause } = await operator.control();
      assert.deepEqual([consumer, pause !== undefined], ["worker", true]);
      await operator.bind("other", "active");
      const next = await operator.control();
      assert.deepEqual([next.consumer, next.pause], ["other", undefined]);
    },
  },
  {
    name: "unbinding forgets the consumer and keeps a pause",
    needs,
    async run(bench) {
      const { operator } = bench;
      await operator.bind("worker", "active");
      await operator.pause({ reason: "maintenance" });
      await operator.unbind();
      const { consumer, pause } = await operator.control();
      assert.deepEqual([consumer, pause?.reason], [undefined, "maintenance"]);
    },
  },
];

/** What a consumer's handler is given, one after the other. */
function handled(bench: Bench): readonly unknown[] {
  const seen: unknown[] = [];
  bench.consume(({ payload }) => void seen.push(payload));
  return seen;
}

async function inFlight(bench: Bench, count: number): Promise<void> {
  let found: number | undefined;
  for (let look = 0; found !== count && look < 10_000; look++) {
    found = (await bench.operator.stats()).inFlight;
  }
  // Its handler starts when the answer to the take has arrived.
  await bench.clock.advance(bench.precisionMs);
  assert.equal(found, count);
}

async function deadBodies(bench: Bench): Promise<readonly string[]> {
  const letters = await bench.operator.deadLetters({ limit: 10 });
  return letters.map(({ body }) => String(body));
}
