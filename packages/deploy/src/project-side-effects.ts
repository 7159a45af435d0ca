import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Plugin } from "esbuild";

/**
 * Handlers are registered, and queues declared, by importing their files: such an import stays, whatever the
 * project's own package.json says of side effects. Packages are believed.
 */
export function projectSideEffects(directory: string): Plugin {
  return {
    name: "project-side-effects",
    async setup(build) {
      const project = await packageOf(directory);
      if (project === undefined || !project.text.includes('"sideEffects"')) return;
      build.onResolve({ filter: /./ }, async (args) => {
        if (args.pluginData === ASKED || args.importer.includes("node_modules")) return undefined;
        const { path: asked, importer, namespace, resolveDir, kind } = args;
        const given = { importer, namespace, resolveDir, kind, pluginData: ASKED };
        const { path, errors } = await build.resolve(asked, given);
        if (errors.length > 0) return { errors };
        const owner = await packageOf(dirname(path));
        return owner?.file === project.file ? { path, sideEffects: true } : undefined;
      });
    },
  };
}

/** Marks the plugin's own question. */
const ASKED = Symbol("asked");

interface Manifest {
  readonly file: string;
  readonly text: string;
}

/** The nearest package.json. */
async function packageOf(directory: string): Promise<Manifest | undefined> {
  for (let at = directory; ; at = dirname(at)) {
    const file = join(at, "package.json");
    const text = await readFile(file, "utf8").catch(() => undefined); // the next one up may be there
    if (text !== undefined) return { file, text };
    if (at === dirname(at)) return undefined;
  }
}
