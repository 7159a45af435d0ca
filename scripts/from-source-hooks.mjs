import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const require = createRequire(import.meta.url);
/** What was translated before, by what it was translated from. */
const CACHE = fileURLToPath(new URL("../out/from-source/", import.meta.url));
const OPTIONS = {
  loader: "ts",
  format: "esm",
  target: "node20",
  sourcemap: "inline",
  sourcesContent: false,
  tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
};
const VERSION = JSON.stringify([require("esbuild/package.json").version, OPTIONS]);

/** A hook of node, https://nodejs.org/docs/latest-v20.x/api/module.html#loadurl-context-nextload: TypeScript as JavaScript. */
export async function load(url, context, next) {
  const { pathname, protocol } = new URL(url);
  if (protocol !== "file:" || !/\.m?ts$/.test(pathname)) return next(url, context);
  return { format: "module", source: translated(fileURLToPath(url)), shortCircuit: true };
}

function translated(path) {
  const text = readFileSync(path, "utf8");
  const key = createHash("sha256").update(`${VERSION}\n${path}\n${text}`).digest("hex");
  const file = `${CACHE}${key}.js`;
  try {
    return readFileSync(file, "utf8");
  } catch {
    // It is translated for the first time.
  }
  // Most processes need no translator.
  const { code } = require("esbuild").transformSync(text, { ...OPTIONS, sourcefile: path });
  mkdirSync(CACHE, { recursive: true });
  // Others translate the same at the same time, and none may read half of it.
  writeFileSync(`${file}.${process.pid}`, code);
  renameSync(`${file}.${process.pid}`, file);
  return code;
}
