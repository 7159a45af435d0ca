// Reads each tarball in out/packages as the tools of its users will: do its files, exports and types hold together?
import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const out = resolve(root, "out/packages");

for (const name of readdirSync(out)) {
  const tarball = resolve(out, name);
  run("publint", "run", tarball, "--strict");
  // The command has no exports: there is nothing to import and no type to get wrong.
  if (!name.startsWith("alienplatform-cli-")) {
    run("attw", tarball, "--profile", "esm-only", "--quiet");
  }
}

function run(tool, ...args) {
  execFileSync(resolve(root, "node_modules/.bin", tool), args, { stdio: "inherit" });
}
