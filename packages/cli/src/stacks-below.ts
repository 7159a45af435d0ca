import { readdir } from "node:fs/promises";
import { join } from "node:path";

const DEEPEST = 3;
/** More would not be read. */
const MOST = 5;

/** The folders below this one that have an alien.ts, as in a repository of several packages; the nearest ones first. */
export async function stacksBelow(directory: string): Promise<readonly string[]> {
  const found: string[] = [];
  let folders: readonly string[] = [""];
  for (let depth = 0; depth < DEEPEST && found.length < MOST; depth++) {
    const below: string[] = [];
    for (const folder of folders) {
      // A folder that nobody may read has nothing for us.
      const entries = await readdir(join(directory, folder), { withFileTypes: true }).catch(
        () => [],
      );
      if (folder !== "" && entries.some(({ name }) => name === "alien.ts")) found.push(folder);
      for (const entry of entries) {
        const hidden = entry.name.startsWith(".") || entry.name === "node_modules";
        if (entry.isDirectory() && !hidden) below.push(join(folder, entry.name));
      }
    }
    folders = below.sort();
  }
  return found.slice(0, MOST);
}
