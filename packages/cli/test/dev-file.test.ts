import files, { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, onTestFinished, vi } from "vitest";
import { DevFile } from "../src/dev/dev-file.ts";

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "alien-dev-file-"));
});

afterEach(() => rm(directory, { recursive: true }));

it("of those that start at the same time on the same messages one runs", async () => {
  for (let round = 0; round < 20; round++) {
    const started = await Promise.allSettled(
      Array.from({ length: 4 }, () => DevFile.claim(directory)),
    );
    const running = started.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
    expect(running).toHaveLength(1);
    await running[0]?.remove();
  }
  expect(await readdir(directory)).toEqual([]);
});

it("of those that find what a killed one has left one runs as well", async () => {
  const killed = await DevFile.claim(directory);
  const written = JSON.parse(await readFile(join(directory, "dev.json"), "utf8"));
  // A port that the system gives to nobody who asks for any.
  const left = JSON.stringify({ ...written, port: 1 });
  await killed.remove();
  for (let round = 0; round < 20; round++) {
    await writeFile(join(directory, "dev.json"), left);
    const started = await Promise.allSettled([1, 2].map(() => DevFile.claim(directory)));
    const running = started.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
    const refused = started.flatMap((one) => (one.status === "rejected" ? [one.reason] : []));
    expect(running).toHaveLength(1);
    expect(refused).toMatchObject([{ code: "STORAGE_IN_USE" }]);
    await running[0]?.remove();
  }
  expect(await readdir(directory)).toEqual([]);
});

it("one that runs is found as well on a file system that has no links", async () => {
  const refusal = Object.assign(new Error("operation not permitted"), { code: "EPERM" });
  vi.spyOn(files, "link").mockRejectedValue(refusal);
  syncBuiltinESMExports();
  onTestFinished(() => {
    vi.restoreAllMocks();
    syncBuiltinESMExports();
  });
  const file = await DevFile.claim(directory);
  await expect(DevFile.claim(directory)).rejects.toMatchObject({ code: "STORAGE_IN_USE" });
  await file.remove();
  expect(await readdir(directory)).toEqual([]);
});

it("one that runs is found at any time, also while it tells where its console is", async () => {
  const file = await DevFile.claim(directory);
  let telling = true;
  const told = (async () => {
    for (let n = 0; n < 200; n++) await file.tell(`http://localhost:${n}/console/`);
    telling = false;
  })();
  while (telling) expect(await DevFile.running(directory)).toMatchObject({ pid: process.pid });
  await told;
  await file.remove();
  expect(await DevFile.running(directory)).toBeUndefined();
});
