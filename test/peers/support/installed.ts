import { existsSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../source-files.ts";

/** The path of a file that `bash .ci/install` puts under out/peers; an error that says so where it is not there. */
export function installed(...path: readonly string[]): string {
  const file = join(root, "out/peers", ...path);
  // The mark is written last, so that half of an installation is none.
  if (!existsSync(join(root, "out/peers", path[0] ?? "", ".pins"))) {
    throw new Error(`the peer ${path[0]} is not installed: run "bash .ci/install" first`);
  }
  return file;
}
