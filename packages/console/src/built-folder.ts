import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** Where the page's built files are: beside this one when published; a checkout builds them where a source is newer. */
export async function builtFolder(): Promise<string> {
  if (import.meta.url.endsWith(".js")) return fileURLToPath(new URL("../web/", import.meta.url));
  const root = new URL("../../../", import.meta.url);
  await promisify(execFile)(process.execPath, [
    fileURLToPath(new URL("scripts/build-console.mjs", root)),
  ]);
  return fileURLToPath(new URL("out/console/", root));
}
