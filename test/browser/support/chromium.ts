import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { type Browser, chromium } from "playwright-core";

/** Debian's Chromium, as the machine has it. A machine without it has to be told so, and not that all is well. */
export async function openChromium(): Promise<Browser> {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const found = folders.map((folder) => join(folder, "chromium")).find((path) => existsSync(path));
  if (found === undefined) {
    throw new Error(
      "there is no chromium on the PATH: bash .ci/install, or apt-get install chromium",
    );
  }
  // Chromium refuses its sandbox to root, which is who runs containers.
  const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  return chromium.launch({ executablePath: found, args });
}
