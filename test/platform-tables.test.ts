import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { manifestOf, packageFolders, root } from "./source-files.ts";

/** What a platform's package exports, by its name: what runs queues is a platform. */
const platforms = packageFolders()
  .map((name) => ({ name, exports: Object.keys(manifestOf(`packages/${name}`).exports ?? {}) }))
  .filter(({ exports }) => exports.includes("./runtime"));

/** The tables of loaders, and which half of a platform each loads. */
const loaders = [
  { file: "packages/sdk/src/platform.ts", half: "runtime" },
  { file: "packages/sdk/src/platforms.ts", half: "capabilities" },
  { file: "packages/sdk/src/platform-operate.ts", half: "operate" },
  { file: "packages/cli/src/deployment/platforms.ts", half: "deploy" },
];

/** The choices of the sdk that a bundle makes; deployed functions alone make the last. */
const choices = [
  { choice: "#platform", half: "runtime", of: "./runtime" },
  { choice: "#operate", half: "operate", of: "./operate" },
  { choice: "#runtime", half: "runtime", of: "./deploy" },
];

describe("every platform is named", () => {
  it.each(loaders)("in $file", ({ file, half }) => {
    const text = read(file);
    const missing = having(`./${half}`).filter(
      (name) => !text.includes(`${name}: () => import("@alienplatform/${name}/${half}")`),
    );
    expect(missing).toEqual([]);
  });

  it.each(choices)("under $choice of packages/sdk/package.json", ({ choice, half, of }) => {
    // Written by hand, in the form that Node asks for.
    const { imports } = JSON.parse(read("packages/sdk/package.json")) as {
      readonly imports: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
    };
    const missing = having(of).filter(
      (name) => imports[choice]?.[`alien-${name}`] !== `@alienplatform/${name}/${half}`,
    );
    expect(missing).toEqual([]);
  });

  it("in the references that the build follows", () => {
    const missing = having("./runtime").flatMap((name) => [
      ...(read("packages/sdk/tsconfig.json").includes(`"../${name}"`) ? [] : [`sdk: ${name}`]),
      ...(read("tsconfig.build.json").includes(`"packages/${name}"`) ? [] : [`build: ${name}`]),
    ]);
    expect(missing).toEqual([]);
  });
});

function having(half: string): readonly string[] {
  return platforms.flatMap(({ name, exports }) => (exports.includes(half) ? [name] : []));
}

function read(file: string): string {
  return readFileSync(resolve(root, file), "utf8");
}
