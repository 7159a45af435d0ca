// node --conditions=@alienplatform/source --import <this> file.ts: runs the packages' sources in a checkout. A process starts
// for a third of the CPU that it takes with tsx, which matters to tests: they start hundreds. What it lacks is what the
// sources do not use: CommonJS, imports without the end of a file's name, the paths of a tsconfig.json.
import { register } from "node:module";

register("./from-source-hooks.mjs", import.meta.url);
