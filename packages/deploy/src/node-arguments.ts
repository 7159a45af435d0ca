import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

/**
 * What a node process needs so that it can load these packages: nothing where they are installed;
 * in a checkout, which is not built, the TypeScript loader and the condition that selects the sources.
 */
export function nodeArguments(): readonly string[] {
  if (!import.meta.url.endsWith(".ts")) return [];
  const loader = createRequire(import.meta.url).resolve("tsx");
  return ["--conditions=@alienplatform/source", `--import=${pathToFileURL(loader).href}`];
}
