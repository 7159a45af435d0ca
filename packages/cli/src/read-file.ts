import { createReadStream } from "node:fs";
import { resolve } from "node:path";
import { AlienError } from "@alienplatform/core";
import type { Context } from "./context.ts";

/** What an import reads: stdin without a file, or for "-". */
export async function* readFileOrInput(
  { directory }: Context,
  file: string | undefined,
): AsyncGenerator<string | Uint8Array> {
  const path = file === undefined || file === "-" ? undefined : resolve(directory, file);
  try {
    yield* path === undefined ? process.stdin : createReadStream(path);
  } catch (cause) {
    if (!(cause instanceof Error && "code" in cause && "syscall" in cause)) throw cause;
    const code = String(cause.code);
    throw new AlienError("OPTION_INVALID", `${path ?? "stdin"} cannot be read: ${code}`, {
      fix: FIXES[code] ?? "Name a file that an export wrote.",
      cause,
    });
  }
}

const FIXES: Readonly<Record<string, string>> = {
  ENOENT: "No such file is there: name one that an export wrote.",
  EISDIR: "It is a folder: name a file that an export wrote.",
  EACCES: "Give yourself the right to read it: chmod u+r.",
};
