// Emits what is published: JavaScript and declarations of every package, and the command as one bundle. Does nothing where
// all that it would read is as it was: tests run what is built while others build.
import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { joinForNode } from "./join-for-node.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const folders = readdirSync(resolve(root, "packages")).map((name) =>
  resolve(root, "packages", name),
);

const builtOf = resolve(root, "out/built-of.txt");
const inputs = inputsOf().join("\n");
if (isBuilt()) process.exit();

for (const folder of folders) rmSync(resolve(folder, "dist"), { recursive: true, force: true });

const tsc = resolve(root, "node_modules/typescript/bin/tsc");
execFileSync(process.execPath, [tsc, "-b", "tsconfig.build.json"], { cwd: root, stdio: "inherit" });

for (const folder of folders) {
  // What tsc remembers between builds; a clean build has no use for it and a tarball neither.
  rmSync(resolve(folder, "dist/tsconfig.tsbuildinfo"), { force: true });
  copyFileSync(resolve(root, "LICENSE"), resolve(folder, "LICENSE"));
  if (existsSync(resolve(folder, "build.json"))) await bundle(folder);
  await joinForNode(folder);
}
// The console's page, which its package gives out as files.
execFileSync(
  process.execPath,
  [resolve(root, "scripts/build-console.mjs"), resolve(root, "packages/console/dist/web")],
  { stdio: "inherit" },
);
// For `alien explain`, which works without the network.
copyFileSync(resolve(root, "docs/errors.md"), resolve(root, "packages/cli/dist/errors.md"));
mkdirSync(resolve(root, "out"), { recursive: true });
writeFileSync(builtOf, inputs);

function isBuilt() {
  if (!folders.every((folder) => existsSync(resolve(folder, "dist")))) return false;
  return existsSync(builtOf) && readFileSync(builtOf, "utf8") === inputs;
}

/** What is read, each with its size and when it was written. */
function inputsOf() {
  const own = [
    "LICENSE",
    "package-lock.json",
    "docs/errors.md",
    "scripts/build.mjs",
    "scripts/build-console.mjs",
    "scripts/join-for-node.mjs",
  ];
  const settings = readdirSync(root).filter((name) => /^tsconfig.*\.json$/.test(name));
  const files = folders.flatMap((folder) => {
    const sources = ["src", "conformance", "web"].filter((name) =>
      existsSync(resolve(folder, name)),
    );
    const all = sources.flatMap((name) => {
      const inside = readdirSync(resolve(folder, name), { recursive: true });
      return inside.map((file) => resolve(folder, name, file));
    });
    const ofPackage = readdirSync(folder).filter((name) => name.endsWith(".json"));
    return [...ofPackage.map((name) => resolve(folder, name)), ...all];
  });
  return [...[...own, ...settings].map((name) => resolve(root, name)), ...files]
    .filter((file) => statSync(file).isFile())
    .map((file) => `${relative(root, file)} ${statSync(file).size} ${statSync(file).mtimeMs}`)
    .sort();
}

/** A package with a build.json is shipped as a bundle; commands that are imported lazily stay files of their own. */
async function bundle(folder) {
  await build({
    ...JSON.parse(readFileSync(resolve(folder, "build.json"), "utf8")),
    absWorkingDir: folder,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    packages: "external",
    chunkNames: "chunks/[name]-[hash]",
  });
}
