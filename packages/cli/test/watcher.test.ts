import { appendFile, mkdir, mkdtemp, realpath, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { Watcher } from "../src/dev/watcher.ts";

let directory: string;
let watcher: Watcher;
let changes: ReadonlySet<string>[];
let changed: () => void;

beforeEach(async () => {
  directory = await realpath(await mkdtemp(join(tmpdir(), "alien-watch-")));
  changes = [];
  watcher = new Watcher((files) => {
    changes.push(files);
    changed();
  });
});

afterEach(async () => {
  await watcher.close();
  await rm(directory, { recursive: true, force: true });
});

it("a file that is written right after it was read counts as changed", async () => {
  const file = join(directory, "a.ts");
  await writeFile(file, "1");
  const change = nextChange();
  // Nothing is awaited in between: the watcher has not looked at the file when it is written again.
  watcher.files([file], Date.now());
  await writeFile(file, "2");
  await change;
  expect(changes[0]).toEqual(new Set([file]));
});

it("a file that appears is a change, and others beside it are none", async () => {
  const old = join(directory, "old.ts");
  const missing = join(directory, ".env");
  await writeFile(old, "1");
  watcher.files([old, missing], Date.now() + 60_000);
  const change = nextChange();
  await writeFile(join(directory, "unrelated.ts"), "");
  await writeFile(missing, "A=1");
  await change;
  expect(changes).toEqual([new Set([missing])]);
});

it("a file that is watched no more causes no change", async () => {
  const [one, two] = [join(directory, "one.ts"), join(directory, "two.ts")];
  for (const file of [one, two]) await writeFile(file, "1");
  await firstLook([one, two]);
  const second = nextChange();
  watcher.files([two], Date.now());
  await appendFile(one, "2");
  await appendFile(two, "2");
  await second;
  expect(changes).toEqual([new Set([two])]);
});

it("a file that is removed and comes back is watched as before", async () => {
  await mkdir(join(directory, "src"));
  // In two folders: chokidar waits for a lost file by itself only where it watches a single folder.
  const [kept, file] = [join(directory, "kept.ts"), join(directory, "src", "a.ts")];
  const next = join(directory, "next.ts");
  for (const each of [kept, file, next]) await writeFile(each, "1");
  await firstLook([kept, file]);
  // Each at once: a file that is made and then written may be two changes, on a busy machine.
  for (const step of [() => rm(file), () => rename(next, file), () => appendFile(file, "2")]) {
    const change = nextChange();
    await step();
    await change;
  }
  expect(changes).toEqual([new Set([file]), new Set([file]), new Set([file])]);
});

it("a file in a folder that is not there yet is waited for as well", async () => {
  const file = join(directory, "later", "deeper", "a.ts");
  watcher.files([file], Date.now());
  const change = nextChange();
  await mkdir(join(directory, "later", "deeper"), { recursive: true });
  await writeFile(file, "1");
  await change;
  expect(changes).toEqual([new Set([file])]);
});

/** Read before they were written: the first look at each is a change, of several at once or one by one. */
async function firstLook(files: readonly string[]): Promise<void> {
  let change = nextChange();
  watcher.files(files, 0);
  const seen = () => new Set(changes.flatMap((each) => [...each]));
  while (seen().size < files.length) {
    await change;
    change = nextChange();
  }
  changes = [];
}

function nextChange(): Promise<void> {
  return new Promise((resolve) => {
    changed = resolve;
  });
}
