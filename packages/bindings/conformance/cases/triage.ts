import assert from "node:assert/strict";
import type { DeadLetter, DeadLetterFilter } from "../../src/queue/dead-letter.ts";
import type { Bench } from "../bench.ts";
import type { ConformanceCase } from "../case.ts";

const needs = { operator: true } as const;
const NOBODY = "00000000000000000000000000";

/** Deciding about dead letters: finding, editing, moving, taking them out and in. */
export const triage: readonly ConformanceCase[] = [
  {
    name: "dead letters are found by their code",
    needs,
    async run(bench) {
      await bench.kill("a");
      const [id] = await bench.texts("crash");
      for (let time = 0; time < bench.options.maxAttempts; time++) {
        await bench.one();
        await bench.endLeases();
      }
      await bench.nothing("it was delivered once too often");
      assert.deepEqual(await found(bench, { code: "LEASE_EXPIRED" }), [id]);
      assert.deepEqual(await found(bench, { code: "LEASE" }), []);
    },
  },
  {
    name: "dead letters are found by a part of their error, whatever the case",
    needs,
    async run(bench) {
      const a = await bench.kill("a", "SMTP down");
      await bench.kill("b", "no such account");
      const c = await bench.kill("c", "SMTP down for long\nsince noon");
      assert.deepEqual(await found(bench, { error: "smtp" }), [a, c]);
      assert.deepEqual(await found(bench, { firstLine: "SMTP down" }), [a]);
      assert.deepEqual(await found(bench, { firstLine: "SMTP down for long" }), [c]);
    },
  },
  {
    name: "dead letters are found by how long they are dead",
    needs,
    async run(bench) {
      const old = await bench.kill("old");
      const diedBy = bench.clock.now() + 1_000;
      await bench.clock.advance(6_000);
      const young = await bench.kill("young");
      await bench.clock.advance(1_000);
      // Each look may take its time.
      const age = () => bench.clock.now() - diedBy;
      assert.deepEqual(await found(bench, { olderThanMs: age() }), [old]);
      assert.deepEqual(await found(bench, { youngerThanMs: age() }), [young]);
      const both = { olderThanMs: age(), youngerThanMs: age() };
      assert.deepEqual(await found(bench, both), []);
      assert.deepEqual(await found(bench, { diedBy }), [old]);
    },
  },
  {
    name: "dead letters are found by a field of their payload, also inside arrays",
    needs,
    async run(bench) {
      const a = await killJson(bench, { items: [{ sku: "x" }, { sku: "a" }], paid: true });
      const b = await killJson(bench, { items: [{ sku: "a" }], paid: null });
      await bench.kill("items");
      const field = (path: string, equals: string) => found(bench, { field: { path, equals } });
      assert.deepEqual(await field("items.1.sku", '"a"'), [a]);
      assert.deepEqual(await field("items.0.sku", '"a"'), [b]);
      assert.deepEqual(await field("paid", "true"), [a]);
      assert.deepEqual(await field("paid", "null"), [b]);
      assert.deepEqual(await field("items.sku", '"a"'), []);
    },
  },
  {
    name: "big numbers of a payload are compared exactly",
    needs,
    async run(bench) {
      const id = await killJson(bench, { n: 0 });
      const body = '{"n":9007199254740993}';
      await bench.operator.editDeadLetter(id, { body, kind: "json" });
      const n = (equals: string) => found(bench, { field: { path: "n", equals } });
      assert.deepEqual(await n("9007199254740993"), [id]);
      assert.deepEqual(await n("9007199254740992"), []);
      assert.deepEqual(await n("9007199254740993.0"), [id]);
    },
  },
  {
    name: "a filtered list goes on in pages, also after letters that are gone",
    needs,
    async run(bench) {
      const ids: string[] = [];
      for (const name of ["a", "b", "c", "d"]) {
        ids.push(await bench.kill(name, "smtp down"));
        await bench.kill(name, "no such account");
      }
      const filter = { error: "smtp" };
      const first = await bench.operator.deadLetters({ filter, limit: 2 });
      assert.deepEqual(idsOf(first), ids.slice(0, 2));
      await bench.operator.discard(idsOf(first));
      const after = first.at(-1)?.id ?? "";
      const second = await bench.operator.deadLetters({ filter, limit: 5, after });
      assert.deepEqual(idsOf(second), ids.slice(2));
    },
  },
  {
    name: "a dead letter is found by its id",
    needs,
    async run(bench) {
      const id = await bench.kill("a", "unreadable");
      const letter = await bench.operator.deadLetter(id);
      assert.deepEqual([letter?.id, letter?.error.message], [id, "unreadable"]);
      assert.equal(await bench.operator.deadLetter(NOBODY), undefined);
    },
  },
  {
    name: "an edited dead letter is redriven with its new payload, and nothing else is changed",
    needs,
    async run(bench) {
      const { id } = await bench.client.send({ n: 1 }, { attributes: { tenant: "a" } });
      await bench.client.deadLetter(await bench.one(), "unreadable");
      const before = await bench.operator.deadLetter(id);
      const edited = await bench.operator.editDeadLetter(id, { body: "ä text", kind: "text" });
      assert(edited.ok && edited.applied !== false);
      const after = await bench.operator.deadLetter(id);
      assert(before && after);
      assert.equal(textOf(after), "ä text");
      assert.deepEqual(
        { ...after, body: "", headers: { ...after.headers, kind: "" } },
        { ...before, body: "", headers: { ...before.headers, kind: "" } },
      );
      await bench.operator.redrive([id]);
      const message = await bench.one();
      assert.deepEqual([message.id, message.payload, message.kind], [id, "ä text", "text"]);
      assert.deepEqual({ ...message.attributes }, { tenant: "a" });
    },
  },
  {
    name: "an edit that is too large is refused and changes nothing; one of nothing does nothing",
    needs,
    async run(bench) {
      const id = await bench.kill("a");
      const body = "x".repeat(bench.driver.capabilities.max.message + 1);
      const result = await bench.operator.editDeadLetter(id, { body, kind: "text" });
      assert(!result.ok && result.error.code === "MESSAGE_TOO_LARGE", "it was not refused");
      const letter = await bench.operator.deadLetter(id);
      assert.equal(letter && textOf(letter), "a");
      const none = await bench.operator.editDeadLetter(NOBODY, { body: "b", kind: "text" });
      assert(none.ok && none.applied !== true, "it edited what is not there");
    },
  },
  {
    name: "a dead letter redriven to another queue is there, under its own id, and nowhere else",
    needs: { ...needs, "a second queue": true, "redrive to another queue": true },
    async run(bench) {
      const id = await bench.kill("a");
      const { client } = bench.sibling;
      await bench.nothing("it is there before it was redriven", client);
      const [result] = await bench.operator.redrive([id], { to: client.name });
      assert(result?.ok && result.applied !== false);
      assert.deepEqual(idsOf(await bench.operator.deadLetters({ limit: 10 })), []);
      await bench.nothing("it came back to its source");
      const message = await bench.one(client);
      assert.deepEqual([message.id, message.payload, message.attempt], [id, "a", 1]);
    },
  },
  {
    name: "a redrive to a queue that is not there is UNKNOWN_QUEUE, and moves nothing",
    needs: { ...needs, "a second queue": true, "redrive to another queue": true },
    async run(bench) {
      const id = await bench.kill("a");
      await bench.refused("UNKNOWN_QUEUE", () => bench.operator.redrive([id], { to: "nowhere" }));
      assert.deepEqual(idsOf(await bench.operator.deadLetters({ limit: 10 })), [id]);
    },
  },
  {
    name: "dead letters that are taken out come in as they were",
    needs,
    async run(bench) {
      await bench.client.send({ n: 1 }, { attributes: { tenant: "a" } });
      await bench.client.nack(await bench.one(), { reason: "smtp down" });
      await bench.client.deadLetter(await bench.one(), "no such account");
      await bench.kill("text");
      const before = await bench.operator.deadLetters({ limit: 10 });
      await bench.operator.discard(idsOf(before));
      const results = await bench.operator.importDeadLetters(before);
      assert.deepEqual(
        results.map((result) => result.ok && result.id),
        idsOf(before),
      );
      assert.deepEqual(await bench.operator.deadLetters({ limit: 10 }), before);
      await bench.operator.redrive(idsOf(before));
      assert.equal((await bench.take(2)).length, 2);
    },
  },
  {
    name: "taking dead letters in twice keeps each once",
    needs,
    async run(bench) {
      const id = await bench.kill("a");
      const [letter] = await bench.operator.deadLetters({ limit: 10 });
      assert(letter);
      const results = await bench.operator.importDeadLetters([letter, letter]);
      assert.deepEqual(
        results.map((result) => result.ok && result.deduplicated),
        [true, true],
      );
      assert.deepEqual(idsOf(await bench.operator.deadLetters({ limit: 10 })), [id]);
    },
  },
  {
    name: "a message that died twice is two dead letters, and taking the later one in twice keeps it once",
    needs: { ...needs, "exact counts": true, "dead letters by reading": true },
    async run(bench) {
      await bench.kill("a");
      const [letter] = await bench.operator.deadLetters({ limit: 10 });
      assert(letter);
      const later = { ...letter, deadAt: letter.deadAt + 1 };
      await bench.operator.importDeadLetters([later, later]);
      assert.equal((await bench.operator.stats()).dead, 2);
    },
  },
  {
    name: "a sweep meets each dead letter once, and does what is asked to those that are meant",
    needs,
    async run(bench) {
      const ids: string[] = [];
      for (const reason of ["smtp down", "no such account", "smtp down"]) {
        ids.push(await bench.kill(reason, reason));
      }
      const [a, b, c] = ids;
      assert.deepEqual(await swept(bench, "show", {}), ids);
      assert.deepEqual(await swept(bench, "redrive", { error: "smtp" }), [a, c]);
      assert.deepEqual(idsOf(await bench.operator.deadLetters({ limit: 10 })), [b]);
      assert.deepEqual(idsOf(await bench.take(2)).toSorted(), [a, c]);
      assert.deepEqual(await swept(bench, "discard", {}), [b]);
      assert.deepEqual(await swept(bench, "show", {}), []);
    },
  },
  {
    name: "a priority survives death and redrive",
    needs: { ...needs, priority: true },
    async run(bench) {
      const { id } = await bench.client.send({ n: 1 }, { priority: 7 });
      await bench.client.deadLetter(await bench.one(), "unreadable");
      assert.equal((await bench.operator.deadLetter(id))?.priority, 7);
      await bench.texts("plain");
      await bench.operator.redrive([id]);
      const message = await bench.one();
      assert.deepEqual([message.id, message.priority], [id, 7]);
    },
  },
  {
    name: "a group survives death and redrive",
    options: { fifo: {} },
    needs: { ...needs, ordered: true },
    async run(bench) {
      const { id } = await bench.client.send({ n: 1 }, { group: "a" });
      await bench.client.deadLetter(await bench.one(), "unreadable");
      assert.equal((await bench.operator.deadLetter(id))?.group, "a");
      await bench.client.send({ n: 2 }, { group: "a" });
      await bench.operator.redrive([id]);
      const second = await bench.one();
      assert.deepEqual(second.payload, { n: 2 });
      await bench.nothing("two of a group were on loan");
      await bench.client.ack(second);
      const message = await bench.one();
      assert.deepEqual([message.id, message.group], [id, "a"]);
    },
  },
];

async function found(bench: Bench, filter: DeadLetterFilter): Promise<readonly string[]> {
  return idsOf(await bench.operator.deadLetters({ filter, limit: 10 }));
}

/** The ids of those that were met, sorted; a letter a page. */
async function swept(
  bench: Bench,
  act: "show" | "redrive" | "discard",
  filter: DeadLetterFilter,
): Promise<readonly string[]> {
  const { clock, operator } = bench;
  const met: string[] = [];
  const until = { ...filter, diedBy: clock.now() };
  const pages = operator.sweep({ act, filter: until, pageSize: 1, clock });
  for await (const { letters, results } of pages) {
    met.push(...idsOf(letters));
    assert.deepEqual(
      results.map(({ ok }) => ok),
      act === "show" ? [] : letters.map(() => true),
    );
  }
  return met.toSorted();
}

async function killJson(bench: Bench, payload: object): Promise<string> {
  const { id } = await bench.client.send(payload);
  await bench.client.deadLetter(await bench.one(), "unreadable");
  return id;
}

function idsOf(letters: readonly { readonly id: string }[]): readonly string[] {
  return letters.map(({ id }) => id);
}

function textOf({ body }: DeadLetter): string {
  return typeof body === "string" ? body : new TextDecoder().decode(body);
}
