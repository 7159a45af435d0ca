import { createHash, randomBytes } from "node:crypto";
import { cp, mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { DiskStorage, Engine } from "../src/engine/index.ts";
import { storeRow, table, tableRange } from "../src/engine/keys.ts";
import { decodeMeta, encodeMeta } from "../src/engine/meta.ts";
import { Desk } from "./engine-desk.ts";

const COUNT = 250;

/** Bytes that do not compress, the same for the same number. */
function noise(seed: number, outputLength = 100): Buffer {
  return createHash("shake256", { outputLength }).update(String(seed)).digest();
}

async function temporary(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "engine-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/**
 * A closed store of COUNT messages in as many commits, a few of them on loan or retried. The same bytes in
 * every run: what a flipped bit does depends on where it falls, and in some places LevelDB itself ends the
 * process with an assertion.
 */
async function filled(): Promise<{ readonly directory: string; readonly desk: Desk }> {
  const directory = await temporary();
  let drawn = 0;
  const random = (bytes: number) => noise(++drawn, bytes);
  const options = { durability: "power", random } as const;
  const desk = await Desk.open(new DiskStorage(directory), {}, options);
  for (let n = 0; n < COUNT; n++) await desk.send(`message ${n} ${noise(n).toString("hex")}`);
  for (const delivery of await desk.take(5)) await desk.retry(delivery);
  await desk.take(5);
  await desk.engine.close();
  return { directory, desk };
}

function open(directory: string, desk: Desk): Promise<Engine> {
  const { clock } = desk;
  const storage = new DiskStorage(directory);
  return Engine.open({ storage, clock, random: randomBytes, durability: "process" });
}

/** How many different messages can be had. */
async function drain(engine: Engine): Promise<number> {
  const seen = new Set<string>();
  for (;;) {
    const taken = await engine.take("tasks", { max: 50, leaseMs: 60_000, waitMs: 0 });
    for (const { body } of taken) if (String(body).startsWith("message ")) seen.add(String(body));
    if (taken.length === 0) return seen.size;
  }
}

async function only(directory: string, pattern: RegExp): Promise<string> {
  const names = (await readdir(join(directory, "store"))).filter((name) => pattern.test(name));
  return join(directory, "store", names.at(-1) ?? "none");
}

async function flip(path: string, position: number): Promise<void> {
  const bytes = await readFile(path);
  bytes[position] = (bytes[position] ?? 0) ^ 1;
  await writeFile(path, bytes);
}

test("a bit flipped in the journal is reported, again at the next opening, until the loss is accepted", async () => {
  const { directory, desk } = await filled();
  await flip(await only(directory, /\.log$/), 10_000);
  await expect(open(directory, desk)).rejects.toMatchObject({ code: "STORAGE_DAMAGED" });
  await expect(open(directory, desk)).rejects.toMatchObject({
    code: "STORAGE_DAMAGED",
    fix: expect.stringContaining(join(directory, "damaged")),
  });
});

test("a journal that lost acknowledged commits is reported; deleting the marker accepts the loss", async () => {
  const { directory, desk } = await filled();
  await truncate(await only(directory, /\.log$/), 30_000);
  await expect(open(directory, desk)).rejects.toMatchObject({ code: "STORAGE_DAMAGED" });
  await expect(open(directory, desk)).rejects.toMatchObject({ code: "STORAGE_DAMAGED" });
  await rm(join(directory, "damaged"));
  const engine = await open(directory, desk);
  expect(await drain(engine)).toBeLessThan(COUNT);
  await engine.close();
});

test("a torn end of the journal, as a crash leaves it, opens", async () => {
  const { directory, desk } = await filled();
  const engine = await open(directory, desk);
  await engine.send("tasks", [desk.message("the last")]);
  const image = await temporary();
  await cp(directory, image, { recursive: true });
  await engine.close();
  const journal = await only(image, /\.log$/);
  await truncate(journal, (await readFile(journal)).length - 20);
  const torn = await open(image, desk);
  expect(await drain(torn)).toBe(COUNT - 5);
  await torn.close();
});

test.each([
  ["the journal", /\.log$/],
  ["CURRENT", /^CURRENT$/],
  ["the manifest", /^MANIFEST/],
])("a store without %s is reported", async (_, pattern) => {
  const { directory, desk } = await filled();
  await rm(await only(directory, pattern));
  await expect(open(directory, desk)).rejects.toMatchObject({ code: "STORAGE_DAMAGED" });
  await expect(open(directory, desk)).rejects.toMatchObject({ code: "STORAGE_DAMAGED" });
});

test("a bit flipped anywhere in a table is reported, or harms nothing", async () => {
  const { directory, desk } = await filled();
  // The journal becomes a table when the store is opened.
  await (await open(directory, desk)).close();
  const { length } = await readFile(await only(directory, /\.ldb$/));
  let reported = 0;
  for (let position = 7; position < length; position += Math.floor(length / 24)) {
    const image = await temporary();
    await cp(directory, image, { recursive: true });
    await flip(await only(image, /\.ldb$/), position);
    try {
      const engine = await open(image, desk);
      try {
        const had = await drain(engine);
        expect({ position, had }).toEqual({ position, had: COUNT - 5 });
      } finally {
        await engine.close().catch(() => undefined);
      }
    } catch (error) {
      expect(error).toMatchObject({ code: "STORAGE_DAMAGED" });
      reported++;
    }
  }
  expect(reported).toBeGreaterThan(12);
});

test("a delayed message whose key has another time is reported, not put off", async () => {
  const directory = await temporary();
  const desk = await Desk.open(new DiskStorage(directory));
  await desk.sendOne("later", { delayMs: 60_000 });
  await desk.engine.close();
  const storage = new DiskStorage(directory);
  await storage.open();
  const [[key, row] = []] = await storage.rows(tableRange(table.loose), 1);
  if (key === undefined || row === undefined) throw new Error("there is no delayed message");
  const later = Buffer.from(key);
  later[6] = (later[6] ?? 0) ^ 64;
  const batch = storage.batch();
  batch.del(key);
  batch.put(later, row);
  await batch.write({ sync: true });
  await storage.close();
  const engine = await open(directory, desk);
  const take = engine.take("tasks", { max: 1, leaseMs: 1_000, waitMs: 0 });
  await expect(take).rejects.toMatchObject({ code: "STORAGE_DAMAGED" });
  await engine.close();
});

test("a cursor behind the end of its segment is reported, not walked towards for ever", async () => {
  const directory = await temporary();
  const desk = await Desk.open(new DiskStorage(directory));
  await desk.send("first", "second");
  await desk.take(1);
  await desk.engine.close();
  const storage = new DiskStorage(directory);
  await storage.open();
  const [[key, row] = []] = await storage.rows(tableRange(table.meta), 1);
  if (key === undefined || row === undefined) throw new Error("there is no queue");
  const meta = decodeMeta(row);
  const lanes = meta.lanes.map((lane) => ({ ...lane, index: lane.index + 2 }));
  const batch = storage.batch();
  batch.put(key, encodeMeta({ ...meta, lanes }));
  await batch.write({ sync: true });
  await storage.close();
  const taken = open(directory, desk).then(async (engine) => {
    try {
      return await engine.take("tasks", { max: 1, leaseMs: 1_000, waitMs: 0 });
    } finally {
      await engine.close().catch(() => undefined);
    }
  });
  await expect(taken).rejects.toMatchObject({ code: "STORAGE_DAMAGED" });
});

test("a store of a newer format is refused", async () => {
  const { directory, desk } = await filled();
  const storage = new DiskStorage(directory);
  await storage.open();
  const batch = storage.batch();
  batch.put(storeRow.format, Buffer.from([0, 0, 0, 99]));
  await batch.write({ sync: true });
  await storage.close();
  await expect(open(directory, desk)).rejects.toMatchObject({
    code: "STORAGE_VERSION",
    message: expect.stringContaining("99"),
  });
});
