// Packs every built package into out/packages and lints each tarball as the tools of its users will read it.
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const out = resolve(root, "out/packages");

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
for (const name of readdirSync(resolve(root, "packages"))) pack(resolve(root, "packages", name));

function pack(folder) {
  const packed = execFileSync("npm", ["pack", "--json", "--pack-destination", out], {
    cwd: folder,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  const tarball = resolve(out, JSON.parse(packed)[0].filename);
  run("publint", "run", tarball, "--strict");
  const { exports } = JSON.parse(readFileSync(resolve(folder, "package.json"), "utf8"));
  // A package without exports is a command: there is nothing to import and no type to get wrong.
  if (exports) run("attw", tarball, "--profile", "esm-only", "--quiet");
}

function run(tool, ...args) {
  execFileSync("npx", ["--no-install", tool, ...args], { cwd: root, stdio: "inherit" });
}
