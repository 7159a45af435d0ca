import { existsSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { TYPING } from "./built.ts";
import { filesUnder, importsOf, packageFolders, root } from "./source-files.ts";

/**
 * What a process has one of: handlers are registered once, and variables, signals and stubs are everybody's. A child that
 * somebody calls `.process` is none of it, and what is done at the end of all is in nobody's way.
 */
const OF_THE_PROCESS =
  /@alienplatform\/(sdk|testing)\b|process\.env(\.\w+|\[\w+\]) = |delete process\.env|Object\.assign\(process|(?<!\.)process\.((on|once)\((?!"exit")|chdir\()|(?<!\.)process\.exitCode|\bvi\.|setGlobal|globalThis\.\w+ = /;

/**
 * The test files of packages that change what is their process's, themselves or through what they import of other
 * tests: each needs a process of its own. All others share one, which spares them the loading of what they test.
 */
export function needingProcess(): readonly string[] {
  return packageFolders()
    .flatMap((name) => filesUnder(`packages/${name}`, ".test.ts"))
    .filter((path) => isOfSdk(path) || changesProcess(resolve(root, path), new Set()));
}

/** Its registry of handlers is the process's. */
function isOfSdk(path: string): boolean {
  return /^packages\/(sdk|testing)\//.test(path);
}

function changesProcess(file: string, seen: Set<string>): boolean {
  if (seen.has(file) || !existsSync(file)) return false;
  seen.add(file);
  const text = readFileSync(file, "utf8");
  if (OF_THE_PROCESS.test(text) || TYPING.test(text)) return true;
  return importsOf(text)
    .filter((path) => path.startsWith("."))
    .map((path) => resolve(dirname(file), path))
    .filter((path) => !path.includes("/src/"))
    .some((path) => changesProcess(path, seen));
}
