import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { root } from "./source-files.ts";

/** What files import whose tests type commands. */
export const TYPING =
  /\/(journey|program|alien-session|console-session|deployed-console|snippets\/command-line)\.ts"/;

/**
 * Builds the packages before tests that type commands, where something has changed since the last time: what a user types
 * is JavaScript, which starts in a third of the time that sources take, and such a test starts dozens.
 */
// biome-ignore lint/style/noDefaultExport: what vitest imports of a global setup
export default async function build(project: TestProject): Promise<void> {
  // What was asked for on the command line, which vitest keeps and its types do not show.
  const { filenamePattern } = project.vitest as { readonly filenamePattern?: string[] };
  const { testFiles } = await project.globTestFiles(filenamePattern);
  if (!testFiles.some((file) => TYPING.test(readFileSync(file, "utf8")))) return;
  execFileSync(process.execPath, [join(root, "scripts/build.mjs")], { stdio: "inherit" });
}
