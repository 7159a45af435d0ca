// Builds the console's page into the folder that is named, or into out/console where a source has changed since: that is
// what `alien dev` serves when it runs from sources.
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const web = resolve(root, "packages/console/web");
const named = process.argv[2];
const folder = named === undefined ? resolve(root, "out/console") : resolve(named);
const builtOf = resolve(folder, ".built-of.txt");
const inputs = inputsOf();

if (named !== undefined || !isBuilt()) {
  const { build } = await import("vite");
  await build({
    configFile: resolve(web, "vite.config.ts"),
    root: web,
    logLevel: "warn",
    build: { outDir: folder, emptyOutDir: true },
  });
  if (named === undefined) writeFileSync(builtOf, inputs);
}

function isBuilt() {
  return existsSync(builtOf) && readFileSync(builtOf, "utf8") === inputs;
}

function inputsOf() {
  const sources = readdirSync(web, { recursive: true }).map((file) => resolve(web, file));
  return [...sources, resolve(root, "package-lock.json"), fileURLToPath(import.meta.url)]
    .filter((file) => statSync(file).isFile())
    .map((file) => `${relative(root, file)} ${statSync(file).size} ${statSync(file).mtimeMs}`)
    .sort()
    .join("\n");
}
