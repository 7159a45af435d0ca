/** Of the checkout: what node starts with in order to load sources. */
const FROM_SOURCE = new URL("../../../scripts/from-source.mjs", import.meta.url);

/**
 * What a node process needs so that it can load these packages: nothing where they are installed;
 * in a checkout, which is not built, a loader of TypeScript and the condition that selects the sources.
 */
export function nodeArguments(): readonly string[] {
  if (!inSource) return [];
  return ["--conditions=@alienplatform/source", `--import=${FROM_SOURCE.href}`];
}

/** Whether this is a checkout, where the packages are sources. */
export const inSource = import.meta.url.endsWith(".ts");
