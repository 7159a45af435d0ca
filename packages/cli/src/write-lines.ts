import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { open, rename, rm, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { AlienError } from "@alienplatform/core";
import type { Context } from "./context.ts";

/** Enough for a write that is worth its call. */
const PIECE_CHARACTERS = 256 * 1024;

const SPACE = "Free some space there, or name another file.";
const RIGHT = "Name a file in a folder that you may write to.";

const FIXES: Readonly<Record<string, string>> = {
  ENOSPC: SPACE,
  EDQUOT: SPACE,
  ENOENT: "Make that folder first, or name another file.",
  ENOTDIR: "A file is in its way: name another file.",
  EISDIR: "It is a folder: name a file in it.",
  EACCES: RIGHT,
  EPERM: RIGHT,
  EROFS: RIGHT,
};

/**
 * Writes lines to stdout, no faster than whoever reads, or into a file, which is there whole once this has ended: where the
 * disk is full or somebody interrupts, a file of that name is what it was before.
 */
export async function writeLines(
  { directory, terminal }: Context,
  file: string | undefined,
  lines: AsyncIterable<string>,
): Promise<void> {
  if (file === undefined || file === "-") {
    for await (const line of lines) {
      terminal.data(line.trimEnd());
      if (process.stdout.writableNeedDrain) await once(process.stdout, "drain");
    }
    return;
  }
  const path = resolve(directory, file);
  try {
    await writeWhole(path, lines);
  } catch (cause) {
    if (cause instanceof AlienError || !isSystemError(cause)) throw cause;
    throw new AlienError("STORAGE_FAILED", `${path} cannot be written: ${cause.code}`, {
      fix: `${FIXES[cause.code ?? ""] ?? "Name another file."} Nothing was taken away, and a file that was there is as it was.`,
      cause,
    });
  }
}

async function writeWhole(path: string, lines: AsyncIterable<string>): Promise<void> {
  const there = await stat(path).catch(() => undefined);
  // A pipe or a device is written to; a file is replaced.
  const replaced = there === undefined || there.isFile();
  const draft = replaced ? `${path}.${randomUUID().slice(0, 8)}` : path;
  const handle = await open(draft, replaced ? "wx" : "w");
  try {
    let piece = "";
    for await (const line of lines) {
      piece += line;
      if (piece.length < PIECE_CHARACTERS) continue;
      await handle.writeFile(piece);
      piece = "";
    }
    await handle.writeFile(piece);
    if (replaced) await handle.sync();
    await handle.close();
    if (replaced) await rename(draft, path);
  } catch (error) {
    await handle.close().catch(() => undefined);
    if (replaced) await rm(draft, { force: true });
    throw error;
  }
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "code" in error && "syscall" in error;
}
