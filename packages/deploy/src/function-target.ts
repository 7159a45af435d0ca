import type { BuildOptions } from "esbuild";
import { ENTRY_FILE } from "./build-options.ts";
import { inSource } from "./node-arguments.ts";
import { projectSideEffects } from "./project-side-effects.ts";

/** Where a function's bundle runs: what a platform says of its hosts, so that nothing else has to know them. */
export interface FunctionTarget {
  /** As a binding names it. */
  readonly platform: string;
  /** The module that makes of the function what the platform's host calls, with `entry` as its export. */
  readonly entry: string;
  /** The module that reads the values of secrets as `readSecrets`; only functions that have some bring it along. */
  readonly secrets?: string;
  /** "node", or "web" for a runtime that has no require() and no modules of its own but the external ones. Default "node". */
  readonly runtime?: "node" | "web";
  /** The syntax that the host understands, in esbuild's words. Default "node20" on node and "es2022" else. */
  readonly syntax?: string;
  /** Modules that the host has: "node:*". What node has is never bundled for it. */
  readonly external?: readonly string[];
  /** Further conditions that packages choose their files by. */
  readonly conditions?: readonly string[];
  /** What stands in for a package that its host has no use for, by that package's name. */
  readonly alias?: Readonly<Record<string, string>>;
  /** What its host wants beside the bundle in the zip, `index.mjs`: texts by their paths, "package.json". */
  readonly files?: Readonly<Record<string, string>>;
}

/** Everything in one file, and of the platforms this one alone. */
export function targetOptions(
  directory: string,
  entry: string,
  target: FunctionTarget,
): BuildOptions & { metafile: true } {
  const node = (target.runtime ?? "node") === "node";
  return {
    absWorkingDir: directory,
    stdin: { contents: entry, resolveDir: directory, sourcefile: ENTRY_FILE },
    bundle: true,
    minify: true,
    keepNames: true,
    legalComments: "none",
    format: "esm",
    platform: node ? "node" : "neutral",
    target: target.syntax ?? (node ? "node20" : "es2022"),
    // Modules before CommonJS: only they can be left out in parts.
    mainFields: ["module", "main"],
    conditions: [
      `alien-${target.platform}`,
      "alien-deployed",
      // The generated entry brings the platform.
      "alien-provided",
      // What packages offer to bundlers alone: modules, of which parts can be left out.
      "module",
      ...(target.conditions ?? []),
      ...(inSource ? ["@alienplatform/source"] : []),
    ],
    external: [...(target.external ?? [])],
    alias: { ...target.alias },
    sourcemap: "linked",
    sourcesContent: false,
    metafile: true,
    logLevel: "silent",
    plugins: [projectSideEffects(directory)],
    ...(node ? { banner: { js: COMMONJS } } : {}),
  };
}

/** What CommonJS packages expect to find around them, which a module lacks. */
const COMMONJS = `import{createRequire as alien_createRequire}from"node:module";import{dirname as alien_dirname}from"node:path";import{fileURLToPath as alien_fileURLToPath}from"node:url";const require=alien_createRequire(import.meta.url),__filename=alien_fileURLToPath(import.meta.url),__dirname=alien_dirname(__filename);`;
