import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
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
