import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "esbuild";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** A change of the product's text; what is replaced must be there exactly once. */
export interface Replacement {
  /** From the root of the repository. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** What is replaced: exact text, and the values of constants by their names, wherever those are. */
export interface Changes {
  readonly replacements?: readonly Replacement[];
  readonly constants?: Readonly<Record<string, string>>;
}

/** The simulation's worker with the product in one script, so that a start costs milliseconds; changed where asked. */
export async function bundle(outfile: string, changes: Changes): Promise<void> {
  await build({
    entryPoints: [fileURLToPath(new URL("worker.ts", import.meta.url))],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    conditions: ["@alienplatform/source"],
    // Never opened here: worlds have a disk of their own.
    external: ["classic-level", "memory-level", "esbuild"],
    sourcemap: "inline",
    logLevel: "warning",
    plugins: [changing(changes)],
  });
}

function changing({ replacements = [], constants = {} }: Changes): Plugin {
  return {
    name: "change",
    setup(builder) {
      const left = new Set(replacements);
      builder.onLoad({ filter: /[/]packages[/]local[/]src[/].*\.ts$/ }, ({ path }) => {
        const file = relative(root, path).replaceAll("\\", "/");
        let contents = readFileSync(join(root, file), "utf8");
        for (const replacement of replacements) {
          if (replacement.file !== file) continue;
          contents = replaceOnce(contents, replacement);
          left.delete(replacement);
        }
        for (const [name, value] of Object.entries(constants)) {
          const declared = new RegExp(`^((?:export )?const ${name}) = [^;\\n]+;$`, "m");
          contents = contents.replace(declared, `$1 = ${value};`);
        }
        return { contents, loader: "ts" };
      });
      builder.onEnd(() => {
        for (const { file } of left) throw new Error(`${file} is no part of the simulation`);
      });
    },
  };
}

/** The text with one thing replaced that is in it exactly once. */
export function replaceOnce(text: string, { file, find, replace }: Replacement): string {
  const at = text.indexOf(find);
  if (at < 0) throw new Error(`${file} has no ${JSON.stringify(find)} to replace`);
  if (text.includes(find, at + 1)) {
    throw new Error(`${file} has ${JSON.stringify(find)} more than once`);
  }
  return text.slice(0, at) + replace + text.slice(at + find.length);
}
