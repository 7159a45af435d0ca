import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { DiskStorage, storeFiles } from "../src/engine/index.ts";

const MiB = 1024 * 1024;

/** A store that believes its disk to have so much space left. */
async function storeWith(free: number) {
  const directory = await mkdtemp(join(tmpdir(), "alien-reserve-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  return { directory, storage: new DiskStorage(directory, async () => free) };
}

test("the search for space takes none while little is left: acks need it", async () => {
  const { directory, storage } = await storeWith(30 * MiB);
  await expect(storage.keepReserve()).rejects.toMatchObject({ code: "STORAGE_FULL" });
  await expect(stat(join(directory, storeFiles.reserve))).rejects.toMatchObject({ code: "ENOENT" });
});

test("with space the reserve is kept, as bytes and not as a hole", async () => {
  const { directory, storage } = await storeWith(100 * MiB);
  await storage.keepReserve();
  const { size, blocks } = await stat(join(directory, storeFiles.reserve));
  expect(size).toBe(24 * MiB);
  expect(blocks * 512).toBeGreaterThanOrEqual(24 * MiB);
});
