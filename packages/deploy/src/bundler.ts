import { createRequire } from "node:module";

/**
 * esbuild, required and not imported: before it runs what a module imports of CommonJS, node 20 looks through the text for
 * the names of its exports, which takes three times as long as all else together.
 */
const esbuild: typeof import("esbuild") = createRequire(import.meta.url)("esbuild");

export const { build, context, transform } = esbuild;
