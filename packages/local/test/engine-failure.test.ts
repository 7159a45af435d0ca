import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SettleResult } from "@alienplatform/bindings";
import { expect, onTestFinished, test } from "vitest";
import { Commit } from "../src/engine/commit.ts";
import { DiskStorage, memoryStorage, type Storage } from "../src/engine/index.ts";
import { damaged } from "../src/store/damage.ts";
import { Desk } from "./engine-desk.ts";

/** A store whose writes and openings fail as they are told to. */
class FaultyDisk {
  readonly storage: Storage;
  writing: Error | undefined;
  opening: Error | undefined;

  constructor(storage: Storage) {
    this.storage = storage;
    const batch = storage.batch.bind(storage);
    storage.batch = () => {
      const made = batch();
      const write = made.write.bind(made);
      made.write = (options) => (this.writing ? Promise.reject(this.writing) : write(options));
      return made;
    };
    const open = storage.open.bind(storage);
    storage.open = () => (this.opening ? Promise.reject(this.opening) : open());
  }
}

test("a store whose disk failed comes back by itself when the disk does", async () => {
  const directory = await mkdtemp(join(tmpdir(), "engine-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const disk = new FaultyDisk(new DiskStorage(directory));
  const desk = await Desk.open(disk.storage, {}, { durability: "power" });
  await desk.send("a", "b");
  const [a] = await desk.take(1, { leaseMs: 12 * 3_600_000 });
  disk.writing = new Error("IO error: 000003.log: Input/output error");
  const failed = { code: "STORAGE_FAILED", retryable: true };
  await expect(desk.send("c")).rejects.toMatchObject(failed);
  await desk.clock.advance(3_500);
  await expect(desk.ack(a)).rejects.toMatchObject(failed);
  disk.writing = undefined;
  // LevelDB takes its own time to open.
  const settled = async (): Promise<readonly SettleResult[]> => {
    await desk.clock.advance(10);
    return desk.ack(a).catch(settled);
  };
  expect(await settled()).toEqual([{ ok: true, applied: true }]);
  await desk.send("d");
  expect(await desk.bodies(10)).toEqual(["b", "d"]);
});

test("damage found when a full store is opened again is what is answered from then on", async () => {
  const disk = new FaultyDisk(memoryStorage());
  const desk = await Desk.open(disk.storage);
  disk.writing = new Error("IO error: 000003.log: No space left on device");
  disk.opening = damaged("segment 1 is missing");
  await expect(desk.send("a")).rejects.toMatchObject({ code: "STORAGE_FULL" });
  disk.writing = undefined;
  await desk.clock.advance(3_000);
  const answer = { code: "STORAGE_DAMAGED", retryable: false };
  await expect(desk.send("b")).rejects.toMatchObject(answer);
  await expect(desk.take(1)).rejects.toMatchObject(answer);
});

test.each(["seal", "prepare", "committed"] as const)(
  "a row that is found damaged in %s fails the store, not the process",
  async (step) => {
    const storage = memoryStorage();
    await storage.open();
    const commit = new Commit(storage, { sync: false, count: 0 });
    const failed = new Promise((resolve) => {
      commit.onFailure = resolve;
    });
    commit.touch({
      seal: () => commit.batch.put(Buffer.from("key"), Buffer.from("value")),
      [step]: () => {
        throw damaged("segment 1 is missing");
      },
    });
    expect(await failed).toMatchObject({ code: "STORAGE_DAMAGED", retryable: false });
    await commit.close();
  },
);

test("a declaration that cannot be stored is refused, and the store goes on", async () => {
  const desk = await Desk.open(memoryStorage());
  for (const unfit of [{ name: "" }, { leaseMs: Number.NaN }]) {
    await expect(desk.engine.declare([{ ...desk.spec, ...unfit }])).rejects.toThrow(TypeError);
  }
  await desk.send("a");
  expect(await desk.bodies(1)).toEqual(["a"]);
});
