import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { AlienError } from "@alienplatform/core";

/** What `alien init` reads of a package.json that is there. */
export interface Manifest {
  readonly type?: string;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** The package.json of a folder, undefined where there is none. */
export async function manifestIn(folder: string): Promise<Manifest | undefined> {
  const file = join(folder, "package.json");
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch {
    // Not there, or not to be read: then writing beside it says why.
    return undefined;
  }
  try {
    // npm checks what its fields are.
    return JSON.parse(text) as Manifest;
  } catch (cause) {
    throw new AlienError("DECODE_FAILED", `${file} is not JSON`, {
      fix: "Correct it, as npm needs it too.",
      cause,
    });
  }
}
