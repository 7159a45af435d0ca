import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { fileStateStore } from "../src/index.ts";

const never = new AbortController().signal;
let folder = "";

beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), "alien-state-")), "mars-dev");
});

afterEach(async () => {
  await rm(join(folder, ".."), { recursive: true, force: true });
});

it("a folder that is not there holds no state", async () => {
  expect(await fileStateStore(folder).read(never)).toBeUndefined();
});

it("a version replaces the one that it names, and no other", async () => {
  const store = fileStateStore(folder);
  expect(await store.write("a", undefined, never)).toBe("1");
  expect(await store.write("b", undefined, never)).toBeUndefined();
  expect(await store.write("b", "1", never)).toBe("2");
  expect(await store.write("c", "1", never)).toBeUndefined();
  expect(await store.write("c", "7", never)).toBeUndefined();
  expect(await store.read(never)).toEqual({ text: "b", version: "2" });
});

it("one of many writers at once wins", async () => {
  const stores = Array.from({ length: 20 }, () => fileStateStore(folder));
  const versions = await Promise.all(
    stores.map((store, index) => store.write(`writer ${index}`, undefined, never)),
  );
  expect(versions.filter((version) => version !== undefined)).toEqual(["1"]);
  const winner = versions.indexOf("1");
  expect(await stores[0]?.read(never)).toEqual({ text: `writer ${winner}`, version: "1" });
});

it("the last ten versions stay, and nothing else does", async () => {
  const store = fileStateStore(folder);
  let version: string | undefined;
  for (let index = 1; index <= 25; index++) {
    version = await store.write(`version ${index}`, version, never);
  }
  const names = await readdir(folder);
  expect(names.sort()).toEqual(
    Array.from({ length: 10 }, (_, index) => `000000${index + 16}.json`),
  );
  expect(await store.read(never)).toEqual({ text: "version 25", version: "25" });
});

it("a writer that slept while its number was used and removed has not written", async () => {
  const store = fileStateStore(folder);
  let version: string | undefined;
  for (let index = 1; index <= 14; index++) version = await store.write(`${index}`, version, never);
  expect(await store.write("late", undefined, never)).toBeUndefined();
  expect(await store.write("late", "2", never)).toBeUndefined();
  const names = await readdir(folder);
  expect(names).not.toContain("00000001.json");
  expect(names).not.toContain("00000003.json");
  expect(await store.read(never)).toEqual({ text: "14", version: "14" });
});

it("what a killed writer left unfinished is no version", async () => {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "8b0e.tmp"), '{"version":');
  const store = fileStateStore(folder);
  expect(await store.read(never)).toBeUndefined();
  expect(await store.write("a", undefined, never)).toBe("1");
});

it("a folder that cannot be used is an error that names it", async () => {
  await writeFile(folder, "a file");
  const failure = fileStateStore(folder).write("a", undefined, never);
  await expect(failure).rejects.toMatchObject({ code: "STORAGE_FAILED", details: { folder } });
});

it.runIf(process.platform === "linux")(
  "a folder that cannot be made is an error too, and keeps nobody waiting",
  async () => {
    const store = fileStateStore("/proc/alien/shop/dev");
    expect(await store.read(never)).toBeUndefined();
    await expect(store.write("a", undefined, never)).rejects.toMatchObject({
      code: "STORAGE_FAILED",
      message: expect.stringContaining("ENOENT"),
    });
  },
);
