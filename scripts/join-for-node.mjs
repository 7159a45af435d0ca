import { readFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import { build } from "esbuild";

/** Programs that a package starts in processes of their own: they lie beside what starts them. */
const PROGRAMS = {
  "@alienplatform/deploy": [
    "dist/src/evaluator.js",
    "dist/src/schema-process.js",
    "dist/src/handlers/answer.js",
  ],
};

/**
 * Writes what the "node" conditions of a package.json name, `dist/node`: the modules of `dist` joined into few files. Node
 * takes half a millisecond for each module, of which `alien dev` and a function load four hundred, and with
 * --enable-source-maps reads a map for each. Bundlers take the modules ("module", "default"), of which they leave out what
 * nobody uses.
 */
export async function joinForNode(folder) {
  const manifest = JSON.parse(readFileSync(resolve(folder, "package.json"), "utf8"));
  const targets = [...nodeTargets(manifest.exports), ...nodeTargets(manifest.imports)];
  if (targets.length === 0) return;
  const entries = targets.map(([module, joined]) => [withoutEnd(joined), resolve(folder, module)]);
  const programs = (PROGRAMS[manifest.name] ?? []).map((module) => [
    `./dist/node/${withoutEnd(basename(module))}`,
    resolve(folder, module),
  ]);
  await build({
    entryPoints: Object.fromEntries([...entries, ...programs]),
    absWorkingDir: folder,
    outdir: ".",
    chunkNames: "dist/node/[name]-[hash]",
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    packages: "external",
    // Which file these are is for whoever loads them to say, by conditions.
    external: ["#*"],
  });
}

/** What each "node" is joined of, the "module" beside it, and where it goes. */
function nodeTargets(conditions = {}) {
  if (typeof conditions !== "object") return [];
  const { module, node } = conditions;
  const inside = Object.values(conditions).flatMap((value) => nodeTargets(value));
  return node === undefined ? inside : [[module, node], ...inside];
}

function withoutEnd(file) {
  return file.replace(/\.js$/, "");
}
