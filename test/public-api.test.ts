import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, it } from "vitest";
import { manifestOf, packageFolders, root } from "./source-files.ts";

const listPath = resolve(root, "test/public-api.txt");

it("the exported names of every package are those of test/public-api.txt", () => {
  const actual = packageFolders().flatMap(entriesOf).join("\n");
  if (process.env.UPDATE_PUBLIC_API === "1") writeFileSync(listPath, actual);
  expect(
    actual,
    "UPDATE_PUBLIC_API=1 npx vitest run test/public-api.test.ts accepts the change",
  ).toBe(readFileSync(listPath, "utf8"));
});

it("every form of an export is read", () => {
  const text = [
    'export { a, type B, c as d } from "./a.ts";',
    'export type { E } from "./e.ts";',
    "export const f = 1;",
    "export async function g() {}",
    "export abstract class H {}",
    "export interface I {}",
    "export type J<T> = T;",
    "const k = 1;\nexport { k };",
    "// export const l = 1;",
  ].join("\n");
  expect(exportsOf(text)).toEqual([
    "H",
    "a",
    "d",
    "f",
    "g",
    "k",
    "type B",
    "type E",
    "type I",
    "type J",
  ]);
});

it("an entry point that does not name what it exports is refused", () => {
  expect(() => exportsOf('export * from "./a.ts";')).toThrow("name what is exported");
});

function entriesOf(folder: string): readonly string[] {
  const manifest = manifestOf(`packages/${folder}`);
  return Object.entries(manifest.exports ?? {}).flatMap(([path, conditions]) => {
    const source =
      typeof conditions === "string" ? conditions : conditions["@alienplatform/source"];
    if (!source?.endsWith(".ts")) return [];
    const text = readFileSync(resolve(root, "packages", folder, source), "utf8");
    return [manifest.name + path.slice(1), ...exportsOf(text).map((name) => `  ${name}`), ""];
  });
}

/** The names a module exports, sorted, types marked. Biome keeps every export at the start of a line. */
function exportsOf(text: string): readonly string[] {
  if (/^export \*/m.test(text)) throw new Error("an entry point must name what is exported");
  const declared = [
    ...text.matchAll(
      /^export (?:default )?(?:declare |abstract |async )*(const|let|function\*?|class|interface|type) (\w+)/gm,
    ),
  ].map(([, keyword, name]) =>
    keyword === "interface" || keyword === "type" ? `type ${name}` : `${name}`,
  );
  const listed = [...text.matchAll(/^export (type )?\{([^}]*)\}/gm)].flatMap(
    ([, all = "", names = ""]) =>
      names
        .split(",")
        .map((name) => name.trim())
        .filter((name) => name !== "")
        .map((name) => {
          const exported = name.replace(/^type /, "").replace(/^.* as /, "");
          return all !== "" || name.startsWith("type ") ? `type ${exported}` : exported;
        }),
  );
  return [...declared, ...listed].sort();
}
