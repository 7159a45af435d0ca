import { readdirSync, readFileSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The checkout's root folder. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");

/** One TypeScript file of a package's published half. */
export interface SourceFile {
  /** Relative to the root, with forward slashes. */
  readonly path: string;
  /** The package's folder: core, bindings, ... */
  readonly package: string;
  readonly text: string;
  /** What it imports or re-exports, types included, as written. */
  readonly imports: readonly string[];
}

export interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly exports?: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
}

export function packageFolders(): readonly string[] {
  return readdirSync(resolve(root, "packages")).sort();
}

export function manifestOf(folder: string): Manifest {
  // package.json is written by hand here and npm has already parsed it.
  return JSON.parse(readFileSync(resolve(root, folder, "package.json"), "utf8")) as Manifest;
}

/** Every file under the folders that end with one of the extensions, relative to the root. */
export function filesUnder(folder: string, ...extensions: readonly string[]): readonly string[] {
  return readdirSync(resolve(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && extensions.some((end) => entry.name.endsWith(end)))
    .map((entry) => relative(root, resolve(entry.parentPath, entry.name)).replaceAll("\\", "/"))
    .filter((path) => !/(^|\/)(node_modules|dist|\.alien)\//.test(path))
    .sort();
}

/** The published sources of all packages: src and the conformance suite, not the tests. */
export function sourceFiles(): readonly SourceFile[] {
  return packageFolders().flatMap((name) =>
    filesUnder(`packages/${name}`, ".ts")
      .filter((path) => /^packages\/[^/]+\/(src|conformance)\//.test(path))
      .map((path) => {
        const text = readFileSync(resolve(root, path), "utf8");
        return { path, package: name, text, imports: importsOf(text) };
      }),
  );
}

/** Reads import statements, not comments and not code that is generated from template strings. */
export function importsOf(text: string): readonly string[] {
  const code = text.replaceAll(/`(?:\\.|[^`\\])*`/gs, "``").replaceAll(/^\s*(\/\/|\/?\*).*$/gm, "");
  const statements = code.matchAll(/^(?:import|export)\b[^;"]*?\bfrom\s+"([^"]+)"/gm);
  const bare = code.matchAll(/^import\s+"([^"]+)"/gm);
  const dynamic = code.matchAll(/\bimport\(\s*"([^"]+)"/g);
  return [...statements, ...bare, ...dynamic].map((match) => match[1] ?? "");
}
