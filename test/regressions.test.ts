import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, it } from "vitest";
import { filesUnder, packageFolders, root } from "./source-files.ts";

const page = readFileSync(resolve(root, "docs/regressions.md"), "utf8");

/** The page's list, but for what comes with deploying. */
const lines = page.slice(0, page.indexOf("\n## Deploying to the clouds")).match(/^- .*$/gm) ?? [];

/** All that a test or a case may be named in. */
const sources = [
  "packages/bindings/conformance/cases",
  ...packageFolders().map((name) => `packages/${name}/test`),
  "test",
  "examples",
]
  .flatMap((folder) => filesUnder(folder, ".ts"))
  .filter((path) => !path.endsWith("regressions.test.ts"))
  .map((path) => readFileSync(resolve(root, path), "utf8"))
  .join("\n");

/** What stands behind the colon, in backquotes. */
function namesIn(line: string): string[] {
  const list = /: (`[^`]+`(?:, `[^`]+`)*)$/.exec(line)?.[1] ?? "";
  return [...list.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name);
}

/** A test's or a case's name: the first argument of a call, the head of a row, or a field `name`. */
function isNamed(name: string): boolean {
  const text = JSON.stringify(name).slice(1, -1);
  return [`"${text}"`, `'${name}'`, `\`${name}\``].some((literal) => {
    for (let at = sources.indexOf(literal); at >= 0; at = sources.indexOf(literal, at + 1)) {
      if (/(?:[([]|\bname:)\s*$/.test(sources.slice(Math.max(0, at - 40), at))) return true;
    }
    return false;
  });
}

it("every mistake of docs/regressions.md names what keeps us from it", () => {
  expect(lines.length).toBeGreaterThan(30);
  expect(lines.filter((line) => namesIn(line).length === 0)).toEqual([]);
});

it("every test that docs/regressions.md names is there", () => {
  expect(lines.flatMap(namesIn).filter((name) => !isNamed(name))).toEqual([]);
});

it("a name that is no test's is seen", () => {
  expect(isNamed("an acked message comes back")).toBe(false);
});
