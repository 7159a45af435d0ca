import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { filesUnder, packageFolders, root } from "../../source-files.ts";
import { type Block, blocksOf } from "./blocks.ts";

/** A document that shows how something is done. */
export interface Page {
  /** From the checkout's root. */
  readonly path: string;
  readonly blocks: readonly Block[];
}

/** What alien init writes. */
const TEMPLATE = "packages/cli/templates/basic";

export function pages(): readonly Page[] {
  const documents = [
    "README.md",
    "CONTRIBUTING.md",
    ...filesUnder("docs", ".md"),
    ...packageFolders().map((name) => `packages/${name}/README.md`),
    ...filesUnder("examples", ".md"),
  ];
  return documents.map((path) => ({
    path,
    blocks: blocksOf(path, readFileSync(resolve(root, path), "utf8")),
  }));
}

/** Its tests are run as tests. */
export function isTest({ language, text }: Block): boolean {
  return language === "ts" && text.includes('from "vitest"');
}

/** Inside the checkout, so that the packages are found as a user's project finds them. */
export function temporaryHome(): string {
  mkdirSync(join(root, ".cache"), { recursive: true });
  return mkdtempSync(join(root, ".cache/snippets-"));
}

/** A folder with what `alien init` writes and what the page takes for granted. */
export function projectFor(
  home: string,
  path: string,
  files: Readonly<Record<string, string>> = {},
): string {
  const folder = join(home, path.replaceAll(/[/.]/g, "-"));
  const initial = filesUnder(TEMPLATE, ".ts").map((file) => {
    const text = readFileSync(resolve(root, file), "utf8").replaceAll("{{name}}", "hello");
    return [file.slice(TEMPLATE.length + 1), text] as const;
  });
  for (const [file, text] of [...initial, ...Object.entries(files)]) {
    mkdirSync(join(folder, dirname(file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  return folder;
}

/** Writes a block to the file that its first line names, or to one of its own; answers where that is. */
export function writeBlock(folder: string, { line, text }: Block): string {
  const [, named] = /^\/\/ ([\w./-]+\.ts)\b/.exec(text) ?? [];
  const file = join(folder, named ?? `block-${line}.ts`);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${text}\nexport {};\n`);
  return file;
}
