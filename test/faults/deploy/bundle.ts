import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { type Replacement, replaceOnce } from "../../simulation/bundle.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** The process that deploys, in one script, so that a start costs little; with a mistake in the product where asked. */
export async function bundle(actor: string, outfile: string, mistake?: Replacement): Promise<void> {
  await build({
    entryPoints: [fileURLToPath(new URL(actor, import.meta.url))],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    conditions: ["@alienplatform/source"],
    minifySyntax: true,
    banner: {
      js: 'import{createRequire as requireOf}from"node:module";const require=requireOf(import.meta.url);',
    },
    logLevel: "warning",
    plugins: [
      {
        name: "mistake",
        setup: (builder) => {
          builder.onLoad({ filter: /[/]packages[/]deploy[/]src[/].*\.ts$/ }, ({ path }) => {
            const file = relative(root, path).replaceAll("\\", "/");
            const text = readFileSync(join(root, file), "utf8");
            const contents = mistake?.file === file ? replaceOnce(text, mistake) : text;
            return { contents, loader: "ts" };
          });
        },
      },
    ],
  });
}
