import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ClassicLevel } from "classic-level";
import { afterEach, beforeEach, expect, it } from "vitest";
import { resetLocalQueues } from "../src/reset.ts";

let parent: string;
let directory: string;

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), "alien-reset-"));
  directory = join(parent, "local");
  await mkdir(directory);
});

afterEach(async () => {
  await rm(parent, { recursive: true, force: true });
});

it("a reset leaves nothing of ours, and touches nothing else", async () => {
  const level = new ClassicLevel(join(directory, "store"));
  await level.open();
  await level.close();
  await writeFile(join(directory, "stack.json"), "{}");
  await writeFile(join(directory, "thesis.txt"), "");
  await resetLocalQueues(directory);
  expect(await readdir(directory)).toEqual(["thesis.txt"]);
});

it("a reset of a directory that is not there is done already", async () => {
  await resetLocalQueues(join(parent, "missing"));
  expect(await readdir(parent)).toEqual(["local"]);
});

it("a reset takes nothing from under a process that has the store open", async () => {
  const level = new ClassicLevel(join(directory, "store"));
  await level.open();
  await level.put("a", "b");
  await expect(resetLocalQueues(directory)).rejects.toMatchObject({ code: "STORAGE_IN_USE" });
  expect(await level.get("a")).toBe("b");
  await level.close();
});
