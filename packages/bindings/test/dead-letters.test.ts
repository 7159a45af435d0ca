import { expect, test } from "vitest";
import { ReferenceDriver } from "../conformance/index.ts";
import { QueueOperations } from "../src/operate.ts";
import type { QueueOptions } from "../src/queue/binding.ts";
import type { Schema } from "../src/queue/schema.ts";
import { referenceWorld } from "./reference.ts";

/** A queue with so many dead letters, dead one second after the other. */
async function world(count: number, options: Partial<QueueOptions> = {}, schema?: Schema) {
  const made = referenceWorld(options);
  const open = () => ({ operator: made.driver, clock: made.clock });
  const operations = new QueueOperations(open, { queue: "tasks", schema });
  const client = made.client();
  const ids: string[] = [];
  for (let n = 0; n < count; n++) {
    const { id } = await client.send({ n, text: "ä\n" }, { attributes: { tenant: `t${n % 2}` } });
    ids.push(id);
    await kill(made.driver, n % 2 === 0 ? "smtp down" : "no such account");
    await made.clock.advance(1_000);
  }
  return { ...made, client, operations, dead: operations.dead, ids };
}

async function kill(driver: ReferenceDriver, message: string): Promise<void> {
  const receiver = await driver.open({ credit: 1, leaseMs: 30_000 });
  const [delivery] = await receiver.take(1, 0);
  if (delivery === undefined) throw new Error("nothing to kill");
  const error = { code: "HANDLER_FAILED", message };
  await receiver.settle([{ delivery, outcome: { kind: "deadLetter", error } }]);
}

test("a list takes durations, a part of the error and a field that may be a bigint", async () => {
  const { dead, ids, driver } = await world(4);
  await driver.editDeadLetter(ids[3] ?? "", { body: '{"n":9007199254740993}', kind: "json" });
  const found = async (filter: Parameters<typeof dead.list>[0]) =>
    (await dead.list(filter)).map(({ id }) => ids.indexOf(id));
  expect(await found({})).toEqual([0, 1, 2, 3]);
  expect(await found({ filter: { error: "SMTP" } })).toEqual([0, 2]);
  expect(await found({ filter: { olderThan: "3s" } })).toEqual([0, 1]);
  expect(await found({ filter: { youngerThan: "2s" } })).toEqual([2, 3]);
  expect(await found({ filter: { field: { path: "n", equals: 2 } } })).toEqual([2]);
  expect(await found({ filter: { field: { path: "n", equals: 2n ** 53n + 1n } } })).toEqual([3]);
  expect(await found({ filter: { field: { path: "n", equals: 2n ** 53n } } })).toEqual([]);
  expect(await found({ filter: { field: { path: "text", equals: "ä\n" } } })).toEqual([0, 1, 2]);
  expect(await found({ limit: 1, after: ids[1] })).toEqual([2]);
});

test("a mistyped filter means none, not all", async () => {
  const { dead, ids } = await world(2);
  // As JavaScript, or an object from elsewhere, lets it through.
  const [filter, fitler, rate]: readonly object[] = [
    { filter: { cod: "PAUSED" } },
    { fitler: { code: "PAUSED" } },
    { rate: 3 },
  ];
  for (const given of [filter, fitler, rate]) {
    await expect(dead.list(given)).rejects.toMatchObject({ code: "OPTION_INVALID" });
    await expect(dead.redriveAll(given)).rejects.toMatchObject({ code: "OPTION_INVALID" });
    await expect(dead.discardAll(given)).rejects.toMatchObject({ code: "OPTION_INVALID" });
    await expect(dead.export(given).next()).rejects.toMatchObject({ code: "OPTION_INVALID" });
  }
  await expect(dead.redrive(ids, { ot: "others" } as object)).rejects.toMatchObject({
    message: 'dead.redrive has no option "ot"',
  });
  await expect(dead.discardAll(fitler)).rejects.toMatchObject({ fix: 'Write "filter".' });
  expect(await dead.list()).toHaveLength(2);
});

test.each(["", "a..b", ".a"])("%j is no path of a field", async (path) => {
  const { dead } = await world(0);
  await expect(dead.list({ filter: { field: { path, equals: 1 } } })).rejects.toMatchObject({
    code: "OPTION_INVALID",
  });
});

test("an edit is checked by the schema, and its JSON may be given as text", async () => {
  const schema: Schema = {
    "~standard": {
      version: 1,
      vendor: "test",
      validate: (value) =>
        typeof value === "object" ? { value } : { issues: [{ message: "no object" }] },
    },
  };
  const { dead, ids } = await world(1, {}, schema);
  const [id = ""] = ids;
  await expect(dead.edit(id, "text")).rejects.toMatchObject({ code: "PAYLOAD_REFUSED" });
  await expect(dead.editJson(id, "1")).rejects.toMatchObject({ code: "PAYLOAD_REFUSED" });
  await expect(dead.editJson(id, "{")).rejects.toMatchObject({ code: "PAYLOAD_INVALID" });
  await expect(dead.edit(id, { n: 1n })).rejects.toMatchObject({ code: "PAYLOAD_INVALID" });
  await expect(dead.edit(id, { text: "x".repeat(70_000) })).rejects.toMatchObject({
    code: "MESSAGE_TOO_LARGE",
  });
  expect((await dead.get(id))?.body).toBe('{"n":0,"text":"ä\\n"}');
  await dead.editJson(id, '{"n": 12345678901234567890}');
  expect((await dead.get(id))?.body).toBe('{"n": 12345678901234567890}');
  await dead.edit(id, { n: 1 });
  expect(await dead.get(id)).toMatchObject({ body: '{"n":1}', headers: { kind: "json" } });
  await expect(dead.edit("none", {})).rejects.toMatchObject({ code: "UNKNOWN_DEAD_LETTER" });
});

test("all that a filter means are redriven, page by page, the others stay", async () => {
  const { dead, operations } = await world(250);
  const progress: number[] = [];
  const filter = { error: "smtp" };
  const redriven = await dead.redriveAll({ filter, onProgress: (done) => progress.push(done) });
  expect([redriven, progress]).toEqual([125, [100, 125]]);
  expect(await operations.stats()).toMatchObject({ ready: 125, dead: 125 });
  expect(await dead.redriveAll()).toBe(125);
  expect(await operations.stats()).toMatchObject({ ready: 250, dead: 0 });
});

test("all are exported and redriven where the service counts none, or late", async () => {
  const { driver, clock } = await world(130);
  const operator = new Proxy(driver, {
    get: (target, name) => {
      if (name === "stats") return () => Promise.reject(new Error("nothing is counted here"));
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  const { dead } = new QueueOperations(() => ({ operator, clock }), { queue: "tasks" });
  let lines = 0;
  for await (const _ of dead.export()) lines++;
  expect([lines, await dead.redriveAll(), await dead.list()]).toEqual([130, 130, []]);
});

test.each([0, 1_000])("what dies again %d ms later is left for the next run", async (laterMs) => {
  const { ids, driver, clock } = await world(0);
  const tasks = referenceWorld().client({ clock }, driver);
  // Others that are dead and stay: it is not their number that ends the run.
  for (const reason of ["smtp down", "no such account", "no such account", "smtp down"]) {
    ids.push((await tasks.send({ reason })).id);
    await kill(driver, reason);
  }
  const seen: (readonly string[])[] = [];
  class DyingAgain extends ReferenceDriver {
    override async redrive(redriven: readonly string[]) {
      const results = await super.redrive(redriven);
      await clock.advance(laterMs);
      for (const _ of redriven) await kill(driver, "smtp down");
      seen.push(redriven.map((id) => String(ids.indexOf(id))));
      return results;
    }
  }
  const open = () => ({ operator: new DyingAgain(driver.queue), clock });
  const { dead } = new QueueOperations(open, { queue: "tasks" });
  // At five a second every page is of one message.
  const redriving = dead.redriveAll({ filter: { error: "smtp" }, perSecond: 5 });
  for (let time = 0; time < 10; time++) await clock.advance(200);
  expect(await redriving).toBe(2);
  expect(seen).toEqual([["0"], ["3"]]);
  expect(await driver.queue.letters.all()).toHaveLength(4);
});

test("a rate is kept", async () => {
  const { dead, operations, clock } = await world(30);
  const redriving = dead.redriveAll({ perSecond: 10 });
  await clock.advance(0);
  expect(await operations.stats()).toMatchObject({ ready: 2 });
  await clock.advance(999);
  expect(await operations.stats()).toMatchObject({ ready: 10 });
  await clock.advance(1);
  expect(await operations.stats()).toMatchObject({ ready: 12 });
  await clock.advance(2_000);
  expect(await redriving).toBe(30);
});

test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])(
  "a rate of %d is refused",
  async (perSecond) => {
    const { dead } = await world(1);
    await expect(dead.redriveAll({ perSecond })).rejects.toMatchObject({ code: "OPTION_INVALID" });
  },
);

test("a run that is aborted loses none, and the next one goes on", async () => {
  const { dead, operations, clock } = await world(10);
  const stop = new AbortController();
  const redriving = dead.redriveAll({
    perSecond: 5,
    signal: stop.signal,
    onProgress: (done) => done === 3 && stop.abort(),
  });
  const failed = expect(redriving).rejects.toMatchObject({ code: "ABORTED" });
  for (let time = 0; time < 5; time++) await clock.advance(200);
  await failed;
  expect(await operations.stats()).toMatchObject({ ready: 3, dead: 7 });
  expect(await dead.redriveAll()).toBe(7);
});

test("a failure ends the run, and says what the platform said", async () => {
  const { dead, operations } = await world(3);
  await expect(dead.redriveAll({ to: "nowhere" })).rejects.toMatchObject({ code: "UNKNOWN_QUEUE" });
  expect(await operations.stats()).toMatchObject({ dead: 3 });
});

test("all that a filter means are discarded", async () => {
  const { dead, operations } = await world(10);
  expect(await dead.discardAll({ filter: { error: "smtp" } })).toBe(5);
  expect(await operations.stats()).toMatchObject({ ready: 0, dead: 5 });
});

test("more ids than one call takes are acted on in order", async () => {
  const { dead, ids } = await world(2);
  const [first = "", second = ""] = ids;
  const many = [first, ...Array<string>(600).fill("none"), second];
  const results = await dead.redrive(many);
  const applied = results.flatMap((result, at) =>
    result.ok && result.applied === true ? [at] : [],
  );
  expect([results.length, applied]).toEqual([602, [0, 601]]);
  expect(await dead.discard(first)).toEqual([{ ok: true, applied: false }]);
});

async function text(lines: AsyncIterable<string>): Promise<string> {
  let all = "";
  for await (const line of lines) all += line;
  return all;
}

test("what is exported is imported as it was, in pieces of any size, and twice is once", async () => {
  const { dead, operations, ids, driver } = await world(130);
  await driver.editDeadLetter(ids[0] ?? "", { body: '{"n": 9007199254740993 }', kind: "json" });
  const before = await driver.deadLetters({ limit: 500 });
  const ndjson = await text(dead.export());
  expect(ndjson.split("\n")).toHaveLength(131);
  await dead.discardAll();
  const bytes = new TextEncoder().encode(ndjson);
  const pieces = Array.from({ length: Math.ceil(bytes.length / 7) }, (_, at) =>
    bytes.subarray(at * 7, at * 7 + 7),
  );
  expect(await dead.import(pieces)).toEqual({ imported: 130, known: 0, refused: [] });
  expect(await driver.deadLetters({ limit: 500 })).toEqual(before);
  expect(await dead.import([ndjson])).toEqual({ imported: 0, known: 130, refused: [] });
  expect((await operations.stats()).dead).toBe(130);
});

test("an export of a filter takes none away", async () => {
  const { dead, operations } = await world(4);
  expect((await text(dead.export({ filter: { error: "smtp" } }))).split("\n")).toHaveLength(3);
  expect((await operations.stats()).dead).toBe(4);
});

test("bad lines are reported by number with the reason, and keep back no other", async () => {
  const { dead, operations } = await world(2);
  const [first = "", second = ""] = (await text(dead.export())).split("\n");
  const good = JSON.parse(first);
  await dead.discardAll();
  const line = (change: object) => JSON.stringify({ ...good, ...change });
  const lines = [
    "{",
    first,
    "[]",
    line({ version: 2 }),
    "",
    line({ id: undefined }),
    line({ id: "a\0b" }),
    line({ body: 1 }),
    line({ headers: { kind: "xml" } }),
    line({ headers: { kind: "json", attributes: { a: 1 } } }),
    line({ deadAt: -1 }),
    line({ error: "x".repeat(100) }),
    line({ history: [{ number: 0 }] }),
    line({ group: "a" }),
    `${second}\r`,
  ];
  expect(await dead.import([lines.join("\n")])).toEqual({
    imported: 2,
    known: 0,
    refused: [
      { line: 1, reason: "it is not JSON" },
      { line: 3, reason: "it is not a JSON object" },
      { line: 4, reason: "its version is 2; this program reads 1" },
      { line: 6, reason: "it has no id" },
      { line: 7, reason: 'id is "a\\u0000b"' },
      { line: 8, reason: "body is neither text nor base64" },
      { line: 9, reason: 'headers is {"kind":"xml"}' },
      { line: 10, reason: 'headers is {"kind":"json","attributes":{"a":1}}' },
      { line: 11, reason: "deadAt is -1" },
      { line: 12, reason: `error is "${"x".repeat(39)}…` },
      { line: 13, reason: 'history is [{"number":0}]' },
      { line: 14, reason: "FIFO or not differs" },
    ],
  });
  expect((await operations.stats()).dead).toBe(2);
});

test("a line of more than 16 MiB is refused, and the next one is read", async () => {
  const { dead } = await world(1);
  const good = await text(dead.export());
  await dead.discardAll();
  const long = [`"${"x".repeat(9 * 1024 * 1024)}`, `${"x".repeat(9 * 1024 * 1024)}"\n`, good];
  expect(await dead.import(long)).toEqual({
    imported: 1,
    known: 0,
    refused: [{ line: 1, reason: "it is too long for a dead letter" }],
  });
});

test("bytes that are no text travel as base64", async () => {
  const { dead, driver, ids } = await world(1);
  const [id = ""] = ids;
  const [letter] = driver.queue.letters.take(id);
  if (letter === undefined) throw new Error("there is no letter");
  driver.queue.letters.add({ ...letter, body: Uint8Array.of(0xff, 0) });
  const ndjson = await text(dead.export());
  expect(JSON.parse(ndjson)).toMatchObject({ body: { base64: "/wA=" } });
  const wrong = ndjson.replace("/wA=", "%%");
  expect(await dead.import([wrong])).toMatchObject({ imported: 0, refused: [{ line: 1 }] });
  await dead.discardAll();
  expect(await dead.import([ndjson])).toMatchObject({ imported: 1 });
  expect((await dead.get(id))?.body).toEqual(Uint8Array.of(0xff, 0));
});
