// Emits what is published: JavaScript and declarations of every package, and the command as one bundle.
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const folders = readdirSync(resolve(root, "packages")).map((name) =>
  resolve(root, "packages", name),
);

for (const folder of folders) rmSync(resolve(folder, "dist"), { recursive: true, force: true });

const tsc = resolve(root, "node_modules/typescript/bin/tsc");
execFileSync(process.execPath, [tsc, "-b", "tsconfig.build.json"], { cwd: root, stdio: "inherit" });

for (const folder of folders) {
  // What tsc remembers between builds; a clean build has no use for it and a tarball neither.
  rmSync(resolve(folder, "dist/tsconfig.tsbuildinfo"), { force: true });
  copyFileSync(resolve(root, "LICENSE"), resolve(folder, "LICENSE"));
  if (existsSync(resolve(folder, "build.json"))) await bundle(folder);
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
