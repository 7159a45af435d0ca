import { randomUUID } from "node:crypto";
import { link, mkdir, open, readdir, readFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { AlienError } from "@alienplatform/core";
import type { StateStore, StoredState } from "./state-store.ts";

/** How many versions stay, the newest included. */
const KEPT = 10;
const STATE_FILE = /^(\d{8,})\.json$/;

/**
 * Keeps a state in a folder: each version is a file whose name is its number, the newest counts. A version is written
 * and flushed under another name first, and gets its own by link(), which fails where that is taken: so one of several
 * writers wins, and no reader meets half a file.
 */
export function fileStateStore(folder: string): StateStore {
  const attempt = async <Result>(doing: string, work: () => Promise<Result>): Promise<Result> => {
    try {
      return await work();
    } catch (cause) {
      throw fileError(folder, doing, cause);
    }
  };
  return {
    url: folder,
    read: () => attempt("read", () => readNewest(folder)),
    write: (text, replaced) => attempt("written", () => writeNext(folder, text, replaced)),
    close: () => Promise.resolve(),
  };
}

async function readNewest(folder: string): Promise<StoredState | undefined> {
  for (;;) {
    const newest = (await versions(folder)).at(-1);
    if (newest === undefined) return undefined;
    const text = await readFile(join(folder, fileName(newest)), "utf8").catch(ifMissing);
    // Ten writers were faster than this read.
    if (text === undefined) continue;
    return { text, version: String(newest) };
  }
}

async function writeNext(
  folder: string,
  text: string,
  replaced: string | undefined,
): Promise<string | undefined> {
  await makeFolder(folder);
  const number = Number(replaced ?? 0) + 1;
  const temporary = join(folder, `${randomUUID()}.tmp`);
  try {
    await writeFlushed(temporary, text);
    const won = await linked(temporary, join(folder, fileName(number)));
    if (!won) return undefined;
  } finally {
    await rm(temporary, { force: true });
  }
  await flushFolder(folder);
  return (await isNext(folder, number)) ? String(number) : undefined;
}

/**
 * Whether a version stands on the one that it replaces. The number of a version that is so old that it was removed is free
 * again for a writer that slept since it looked: what it then wrote is no version. Otherwise removes what is too old.
 */
async function isNext(folder: string, number: number): Promise<boolean> {
  const all = await versions(folder);
  const newest = all.at(-1) ?? number;
  const standsOn = number === 1 ? newest < KEPT : all.includes(number - 1);
  if (!standsOn) {
    await rm(join(folder, fileName(number)), { force: true });
    return false;
  }
  // The oldest first, so that a gap means that everything before it is gone.
  for (const old of all.filter((each) => each <= newest - KEPT)) {
    await rm(join(folder, fileName(old)), { force: true });
  }
  return true;
}

/** The numbers of the versions that are there, the oldest first. */
async function versions(folder: string): Promise<readonly number[]> {
  const names = (await readdir(folder).catch(ifMissing)) ?? [];
  return names
    .flatMap((name) => STATE_FILE.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((one, other) => one - other);
}

function fileName(number: number): string {
  return `${String(number).padStart(8, "0")}.json`;
}

async function writeFlushed(path: string, text: string): Promise<void> {
  const file = await open(path, "wx");
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/**
 * With those that it is in. Node's own way of it never ends where a folder can have no others, as in /proc:
 * https://github.com/nodejs/node/issues/31481
 */
async function makeFolder(folder: string): Promise<void> {
  const make = () => mkdir(folder).catch(ifThere);
  try {
    await make();
  } catch (error) {
    if (codeOf(error) !== "ENOENT" || dirname(folder) === folder) throw error;
    await makeFolder(dirname(folder));
    await make();
  }
}

/** A name is safe only when its folder is flushed, which Windows neither needs nor allows. */
async function flushFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}

function ifMissing(error: unknown): undefined {
  if (codeOf(error) === "ENOENT") return undefined;
  throw error;
}

function ifThere(error: unknown): undefined {
  if (codeOf(error) === "EEXIST") return undefined;
  throw error;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}

function fileError(folder: string, doing: string, cause: unknown): AlienError {
  const code = codeOf(cause);
  const why = cause instanceof Error ? cause.message : String(cause);
  const full = code === "ENOSPC" || code === "EDQUOT";
  return new AlienError(
    full ? "STORAGE_FULL" : "STORAGE_FAILED",
    `the state in ${folder} cannot be ${doing}: ${why}`,
    {
      fix: full
        ? "Free some space, then deploy again: it continues from what is there."
        : "Make sure that the folder can be read and written, then deploy again.",
      details: { folder },
      cause,
    },
  );
}
