import { readFile } from "node:fs/promises";
import { dirname, extname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { BuildOptions, Loader, Metafile, Plugin } from "esbuild";

/** The generated module that a bundle starts with, as a metafile names it. */
export const ENTRY_FILE = "alien-entry.mjs";

/** How every file of a project is bundled: the project's own sources in one file, its packages outside. */
export function buildOptions(directory: string, entry: string): BuildOptions & { metafile: true } {
  return {
    absWorkingDir: directory,
    stdin: { contents: entry, resolveDir: directory, sourcefile: ENTRY_FILE },
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    packages: "external",
    // Declarations and handlers are side effects of an import, whatever package.json says of them.
    ignoreAnnotations: true,
    sourcemap: "inline",
    sourcesContent: false,
    metafile: true,
    logLevel: "silent",
    define: Object.fromEntries(
      Object.keys(metaOf("")).map((key) => [`import.meta.${key}`, `alien_meta_${key}`]),
    ),
    plugins: [ownImportMeta],
  };
}

/** The files of the project that went into a bundle, absolute: what a watcher has to watch. */
export function inputsOf(metafile: Metafile, directory: string): readonly string[] {
  return Object.keys(metafile.inputs)
    .filter((input) => input !== ENTRY_FILE && !input.includes("node_modules/"))
    .map((input) => resolve(directory, input));
}

/** In a bundle `import.meta` would be the bundle's; each source file keeps its own, so that it finds its neighbours. */
const ownImportMeta: Plugin = {
  name: "own-import-meta",
  setup(build) {
    build.onLoad({ filter: /\.[cm]?[jt]sx?$/, namespace: "file" }, async ({ path }) => {
      const source = await readFile(path, "utf8");
      if (!source.includes("import.meta.")) return undefined;
      const constants = Object.entries(metaOf(path)).map(
        ([key, value]) => `const alien_meta_${key} = ${JSON.stringify(value)};`,
      );
      // On the first line, so that line numbers stay.
      return { contents: constants.join("") + source, loader: loaderOf(path) };
    });
  },
};

function metaOf(path: string): Record<"url" | "filename" | "dirname", string> {
  return { url: pathToFileURL(path).href, filename: path, dirname: dirname(path) };
}

function loaderOf(path: string): Loader {
  const extension = extname(path).slice(1).replace(/^[cm]/, "");
  // The filter of onLoad admits these four only.
  return extension as "ts" | "tsx" | "js" | "jsx";
}
