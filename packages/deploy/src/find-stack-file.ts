import { realpath, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";

/** The alien.ts of this directory or of the nearest one above it. */
export async function findStackFile(directory: string): Promise<string | undefined> {
  // The real path, so that every process gives the same project the same name.
  let current = await realpath(directory).catch(() => resolve(directory));
  while (true) {
    const file = join(current, "alien.ts");
    if (await isFile(file)) return file;
    const parent = dirname(current);
    if (parent === current) return undefined;
    current = parent;
  }
}

/** Whether there is a file; a directory of that name is none. */
export async function isFile(path: string): Promise<boolean> {
  // What cannot be looked at cannot be loaded either, so both are "no".
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}
