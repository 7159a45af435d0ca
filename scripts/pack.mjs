// Packs every built package into out/packages.
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const out = fileURLToPath(new URL("../out/packages", import.meta.url));

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
execFileSync("npm", ["pack", "--workspaces", "--silent", "--pack-destination", out], {
  cwd: root,
  stdio: "inherit",
});
