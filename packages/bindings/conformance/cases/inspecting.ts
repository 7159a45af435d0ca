import assert from "node:assert/strict";
import type { InspectedPage } from "../../src/queue/inspector.ts";
import type { Bench } from "../bench.ts";
import type { ConformanceCase } from "../case.ts";

const needs = { inspector: true } as const;
const applied = { ok: true, applied: true };
const notApplied = { ok: true, applied: false };

/** Looking inside a queue: messages, groups, keys, consumers; and letting a delayed message go at once. */
export const inspecting: readonly ConformanceCase[] = [
  {
    name: "a message is found by its id wherever it is, with all that is known of it",
    needs: { ...needs, "retry delay": true, "attempt history": true },
    async run(bench) {
      const { inspector, clock } = bench;
      const attributes = { tenant: "acme" };
      const { id } = await bench.client.sendText("hello", { priority: 3, attributes });
      const look = async () => {
        const found = await inspector.message(id);
        assert(found, "it is there, and was not found");
        assert.deepEqual([found.id, found.body, found.priority], [id, "hello", 3]);
        assert.deepEqual(found.headers, { kind: "text", attributes });
        return found;
      };
      const ready = await look();
      assert.deepEqual([ready.state, ready.attempts, ready.history], ["ready", 0, []]);
      const message = await bench.one();
      const onLoan = await look();
      assert.deepEqual([onLoan.state, onLoan.attempts, onLoan.history], ["inFlight", 1, []]);
      assert.equal(onLoan.leaseEndsAt, clock.now() + bench.options.leaseMs);
      await bench.client.nack(message, { delay: "10s", reason: "smtp down" });
      const delayed = await look();
      assert.deepEqual([delayed.state, delayed.attempts], ["delayed", 1]);
      assert.equal(delayed.dueAt, clock.now() + 10_000);
      assert.equal(delayed.lastError?.message, "smtp down");
      assert.deepEqual(
        delayed.history.map(({ number, outcome }) => [number, outcome]),
        [[1, "FAILED"]],
      );
      await clock.advance(10_000);
      assert.equal((await look()).state, "ready");
      await bench.client.deadLetter(await bench.one(), "no such account");
      const dead = await look();
      assert.deepEqual([dead.state, dead.attempts, dead.deadAt], ["dead", 2, clock.now()]);
      assert.equal(dead.lastError?.message, "no such account");
    },
  },
  {
    name: "a message that is over is not found, nor one that never was",
    needs,
    async run(bench) {
      const [a = "", b = ""] = await bench.texts("a", "b");
      await bench.client.ack(await bench.one());
      assert.equal(await bench.inspector.message(a), undefined);
      assert.equal((await bench.inspector.message(b))?.state, "ready");
      assert.equal(await bench.inspector.message("none"), undefined);
    },
  },
  {
    name: "messages are told apart by their state, and a look takes none",
    needs: { ...needs, delay: true },
    async run(bench) {
      const [a, b, c] = await bench.texts("a", "b", "c");
      const { id: later } = await bench.client.sendText("d", { delay: bench.longDelay });
      await bench.client.ack(await bench.one());
      await bench.one();
      for (let time = 0; time < 2; time++) {
        assert.deepEqual(await ids(bench, { state: "ready", limit: 10 }), [c]);
        assert.deepEqual(await ids(bench, { state: "delayed", limit: 10 }), [later]);
        assert.deepEqual(await ids(bench, { state: "inFlight", limit: 10 }), [b]);
      }
      assert.notEqual(a, b);
      assert.deepEqual((await bench.one()).payload, "c");
    },
  },
  {
    name: "pages of messages go on after an id, and have each once",
    needs: { ...needs, delay: true },
    async run(bench) {
      const sent = await bench.texts("a", "b", "c", "d", "e");
      assert.deepEqual(await pages(bench, "ready", 2), sent);
      await bench.take(5);
      assert.deepEqual(await pages(bench, "ready", 2), []);
      assert.deepEqual(await pages(bench, "inFlight", 2), sent);
    },
  },
  {
    name: "ready messages are shown in the order of delivery, delayed ones by their time",
    needs: { ...needs, delay: true, priority: true },
    async run(bench) {
      const [low] = await bench.texts("low");
      const { id: high } = await bench.client.sendText("high", { priority: 9 });
      const { id: late } = await bench.client.sendText("late", { delay: "20s" });
      const { id: soon } = await bench.client.sendText("soon", { delay: "10s" });
      assert.deepEqual(await pages(bench, "ready", 1), [high, low]);
      assert.deepEqual(await pages(bench, "delayed", 1), [soon, late]);
    },
  },
  {
    name: "a delayed message that is expedited is delivered at once, to whoever waits",
    needs: { ...needs, delay: true },
    async run(bench) {
      const { id } = await bench.client.sendText("a", { delay: bench.longDelay });
      const waiting = bench.client.receive(bench.queue, 1, { wait: "20s" });
      await bench.clock.advance(bench.precisionMs);
      assert.deepEqual(await bench.inspector.expedite(id), applied);
      const [message] = await bench.soon(waiting);
      assert.deepEqual([message?.id, message?.attempt], [id, 1]);
    },
  },
  {
    name: "a message that is expedited before its retry keeps its attempts",
    needs: { ...needs, "retry delay": true },
    async run(bench) {
      const [id = ""] = await bench.texts("a");
      await bench.client.nack(await bench.one(), { delay: bench.longRetry });
      assert.deepEqual(await bench.inspector.expedite(id), applied);
      const again = await bench.one();
      assert.deepEqual([again.id, again.attempt], [id, 2]);
      await bench.clock.advance(bench.options.leaseMs / 2);
      await bench.nothing("it was there twice");
    },
  },
  {
    name: "expediting changes nothing that is not delayed",
    needs,
    async run(bench) {
      const dead = await bench.kill("dead");
      const [onLoan = "", ready = ""] = await bench.texts("on loan", "ready");
      await bench.one();
      for (const id of [dead, onLoan, ready, "none"]) {
        assert.deepEqual(await bench.inspector.expedite(id), notApplied);
      }
      assert.equal((await bench.one()).attempt, 1);
      await bench.nothing("something became ready");
    },
  },
  {
    name: "an expedited message of a group comes before those behind it",
    needs: { ...needs, ordered: true, "retry delay in groups": true },
    options: { fifo: {} },
    async run(bench) {
      const send = (name: string) => bench.client.send({ name }, { group: "a" });
      const { id } = await send("a1");
      await send("a2");
      await bench.client.nack(await bench.one(), { delay: bench.longRetry });
      assert.deepEqual(await bench.inspector.expedite(id), applied);
      const first = await bench.one();
      assert.deepEqual([first.payload, first.attempt], [{ name: "a1" }, 2]);
      await bench.nothing("the later one overtook");
      await bench.client.ack(first);
      assert.deepEqual((await bench.one()).payload, { name: "a2" });
    },
  },
  {
    name: "an expedited message obeys the limit of its key",
    needs: { ...needs, "concurrency keys": true, delay: true },
    async run(bench) {
      const concurrency = { key: "a", limit: 1 };
      await bench.client.sendText("first", { concurrency });
      const { id } = await bench.client.sendText("later", { concurrency, delay: bench.longDelay });
      const first = await bench.one();
      assert.deepEqual(await bench.inspector.expedite(id), applied);
      await bench.nothing("its key had no room");
      await bench.client.ack(first);
      await bench.looksAgain();
      assert.equal((await bench.one()).id, id);
    },
  },
  {
    name: "a group that is held up says by which message, and comes first",
    needs: { ...needs, ordered: true, "retry delay in groups": true },
    options: { fifo: {} },
    async run(bench) {
      const { inspector } = bench;
      const send = (group: string) => bench.client.send({ group }, { group });
      const { id: onLoan } = await send("a");
      await bench.one();
      const { id: retried } = await send("b");
      await bench.client.nack(await bench.one(), { delay: bench.longRetry });
      for (const group of ["a", "b", "b", "c", "c", "c"]) await send(group);
      const groups = [
        { group: "b", waiting: 2, heldBy: { id: retried, state: "delayed" } },
        { group: "a", waiting: 1, heldBy: { id: onLoan, state: "inFlight" } },
        { group: "c", waiting: 3 },
      ];
      assert.deepEqual(await inspector.groups(10), groups);
      assert.deepEqual(await inspector.groups(2), groups.slice(0, 2));
    },
  },
  {
    name: "concurrency keys in use say how many are on loan and wait, the fullest first",
    needs: { ...needs, "concurrency keys": true },
    async run(bench) {
      const send = (key: string, limit: number) =>
        bench.client.sendText(key, { concurrency: { key, limit } });
      await bench.texts("without");
      for (const [key, limit] of [
        ["free", 3],
        ["full", 1],
        ["full", 1],
      ] as const)
        await send(key, limit);
      // In whatever order keys take turns: the second of "full" finds no room.
      await bench.take(3);
      await send("free", 3);
      const keys = [
        { key: "full", limit: 1, inFlight: 1, waiting: 1 },
        { key: "free", limit: 3, inFlight: 1, waiting: 1 },
      ];
      assert.deepEqual(await bench.inspector.keys(10), keys);
      assert.deepEqual(await bench.inspector.keys(1), keys.slice(0, 1));
    },
  },
  {
    name: "who takes, or has taken and not settled, is told with how many",
    needs,
    async run(bench) {
      const { inspector } = bench;
      assert.deepEqual(await inspector.consumers(), []);
      await bench.texts("a", "b");
      const messages = await bench.take(2);
      const told = async () =>
        (await inspector.consumers()).map(({ inFlight, waiting }) => ({ inFlight, waiting }));
      assert.deepEqual(await told(), [{ inFlight: 2, waiting: false }]);
      const waiting = bench.client.receive(bench.queue, 1, { wait: "20s" });
      await bench.clock.advance(bench.precisionMs);
      assert.deepEqual(await told(), [{ inFlight: 2, waiting: true }]);
      await bench.texts("c");
      await bench.client.ack([...messages, ...(await bench.soon(waiting))]);
      assert.deepEqual(await inspector.consumers(), []);
    },
  },
];

async function ids({ inspector }: Bench, page: InspectedPage): Promise<readonly string[]> {
  return (await inspector.messages(page)).map(({ id, state }) => {
    assert.equal(state, page.state);
    return id;
  });
}

async function pages(
  bench: Bench,
  state: InspectedPage["state"],
  limit: number,
): Promise<readonly string[]> {
  const all: string[] = [];
  for (let page = 0; page < 10; page++) {
    const after = all.at(-1);
    const some = await ids(bench, { state, limit, ...(after !== undefined && { after }) });
    if (some.length === 0) break;
    assert(some.length <= limit, `a page of ${limit} has ${some.length}`);
    all.push(...some);
  }
  return all;
}
