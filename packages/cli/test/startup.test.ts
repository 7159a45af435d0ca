import { join } from "node:path";
import { build } from "esbuild";
import { expect, it } from "vitest";

const source = join(import.meta.dirname, "../src");

it("a command line is understood, and help printed, before anything but the definitions is loaded", async () => {
  const { metafile } = await build({
    entryPoints: [join(source, "main.ts")],
    absWorkingDir: source,
    bundle: true,
    write: false,
    metafile: true,
    outdir: source,
    splitting: true,
    format: "esm",
    platform: "node",
    packages: "external",
  });
  const loaded = new Set<string>();
  const visit = (file: string): void => {
    for (const { path, kind, external } of metafile.inputs[file]?.imports ?? []) {
      if (kind === "dynamic-import" || loaded.has(path)) continue;
      loaded.add(path);
      if (external !== true) visit(path);
    }
  };
  visit("main.ts");
  const packages = [...loaded].filter((path) => !/^node:|\.ts$/.test(path)).sort();
  expect(packages).toEqual([
    "@alienplatform/core",
    "@alienplatform/sdk/platforms",
    "commander",
    "picocolors",
  ]);
});
