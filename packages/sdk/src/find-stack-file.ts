import { stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";

/** The nearest alien.ts upwards. A function's bundle must not carry the deploy half, which knows this too. */
export async function findStackFile(directory: string): Promise<string | undefined> {
  for (let at = resolve(directory); ; at = dirname(at)) {
    const file = join(at, "alien.ts");
    // What cannot be looked at cannot be used either.
    const found = await stat(file).catch(() => undefined);
    if (found?.isFile()) return file;
    if (at === dirname(at)) return undefined;
  }
}
