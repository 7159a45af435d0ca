import { realpath } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { AlienError } from "@alienplatform/core";
import { findStackFile } from "@alienplatform/deploy/cached-stack";
import { stacksBelow } from "../stacks-below.ts";

/** Where a stack is that dev is to run. */
export interface StackFolder {
  readonly directory: string;
  /** What its lines begin with; undefined where no other stack runs beside it. */
  readonly label?: string;
}

/**
 * The folders that were named, each once; without any the one that the user is in, whose alien.ts may be above it. A named one
 * has an alien.ts of its own: throws COMMAND_INVALID, and never takes one from above, which is another stack.
 */
export async function stackFolders(
  here: string,
  named: readonly string[],
): Promise<readonly StackFolder[]> {
  if (named.length === 0) return [{ directory: here }];
  const found = new Set<string>();
  for (const folder of named) found.add(await folderOf(here, folder));
  const directories = [...found];
  if (directories.length === 1) return directories.map((directory) => ({ directory }));
  const from = await realpath(here);
  return directories.map((directory) => ({
    directory,
    label: relative(from, directory) || ".",
  }));
}

async function folderOf(here: string, named: string): Promise<string> {
  const folder = await realpath(resolve(here, named)).catch(() => undefined);
  const file = folder === undefined ? undefined : await findStackFile(folder);
  if (folder !== undefined && file === join(folder, "alien.ts")) return folder;
  const below = await stacksBelow(here);
  const problem =
    folder === undefined ? `there is no folder "${named}"` : `there is no alien.ts in "${named}"`;
  throw new AlienError(
    "COMMAND_INVALID",
    `${problem}: looked for ${resolve(here, named, "alien.ts")}`,
    {
      fix:
        below.length === 0
          ? 'Name folders that have an alien.ts; a program to run beside the stack is written after "--", as in: alien dev -- npm start'
          : `Name one of ${below.join(", ")}; a program to run beside the stack is written after "--".`,
      details: { folder: named },
    },
  );
}
