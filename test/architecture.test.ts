import { readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { basename, dirname, join, normalize, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { platformsWith } from "./platforms.ts";
import {
  filesUnder,
  importsOf,
  manifestOf,
  packageFolders,
  root,
  sourceFiles,
} from "./source-files.ts";

const platforms = platformsWith("./runtime");
const clouds = platformsWith("./deploy");

/** Who may import whom; docs/architecture.md draws the same table. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  core: [],
  bindings: ["core"],
  deploy: ["core"],
  sdk: ["core", "bindings"],
  ...Object.fromEntries(platforms.map((name) => [name, ["core", "bindings", "deploy"]])),
  api: ["core", "bindings"],
  console: [],
  testing: ["core", "bindings", "local", "sdk"],
  cli: ["core", "bindings", "deploy", "sdk", "local", "testing", "api", "console"],
};

/** Where a platform's name would be a branch that belongs into the platform's folder. */
const platformNeutral = ["core", "bindings", "deploy"];

/** The files of the sdk that import platforms: lazily, where no bundle has chosen one. */
const platformLoaders = [
  "packages/sdk/src/platform.ts",
  "packages/sdk/src/platform-operate.ts",
  "packages/sdk/src/platforms.ts",
  "packages/cli/src/deployment/platforms.ts",
];

const bannedNames = [
  "utils",
  "util",
  "helpers",
  "helper",
  "common",
  "types",
  "manager",
  "service",
  "base",
];

const sources = sourceFiles();

describe("the layers", () => {
  it("every package has a row in the table", () => {
    expect(Object.keys(mayImport).sort()).toEqual(packageFolders());
  });

  it("a package imports only what its row allows", () => {
    const wrong = sources.flatMap((file) =>
      file.imports
        .flatMap((name) => /^@alienplatform\/([^/]+)/.exec(name)?.[1] ?? [])
        .filter((target) => !mayImport[file.package]?.includes(target))
        .filter((target) => !platformLoaders.includes(file.path) || !platforms.includes(target))
        .map((target) => `${file.path} imports ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  it("a package reaches into another one by its exports only", () => {
    const wrong = relativeImports().filter(({ from, to }) => packageOf(from) !== packageOf(to));
    expect(wrong).toEqual([]);
  });

  it("a package declares what it imports", () => {
    const wrong = sources.flatMap((file) => {
      const {
        name,
        dependencies = {},
        peerDependencies = {},
      } = manifestOf(`packages/${file.package}`);
      const declared = new Set([
        name,
        ...Object.keys(dependencies),
        ...Object.keys(peerDependencies),
      ]);
      return file.imports
        .filter(
          (specifier) =>
            !/^(\.|#|node:|cloudflare:)/.test(specifier) && !builtinModules.includes(specifier),
        )
        .map((specifier) => /^(@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier)
        .filter((dependency) => !declared.has(dependency))
        .map((dependency) => `${file.path} imports ${dependency}`);
    });
    expect(wrong).toEqual([]);
  });

  it("no files import each other in a circle", () => {
    expect(cycles(relativeImports())).toEqual([]);
  });

  it("shared code names no platform", () => {
    const named = new RegExp(`\\b(${clouds.join("|")})\\b`, "i");
    const wrong = sources
      .filter((file) => platformNeutral.includes(file.package))
      .flatMap((file) =>
        file.text
          .split("\n")
          .flatMap((line, index) =>
            named.test(line) ? [`${file.path}:${index + 1} ${line.trim()}`] : [],
          ),
      );
    expect(wrong).toEqual([]);
  });
});

describe("the files", () => {
  const files = ["packages", "test", "scripts", "examples", "src"].flatMap((folder) =>
    filesUnder(folder, ".ts", ".tsx", ".mjs", ".js"),
  );

  it("are at most 400 lines long", () => {
    const long = files.filter(
      (path) => readFileSync(resolve(root, path), "utf8").split("\n").length > 401,
    );
    expect(long).toEqual([]);
  });

  it("have a name that says what is inside", () => {
    const vague = files.filter((path) =>
      bannedNames.includes(basename(path).replace(/(\.test)?\.\w+$/, "")),
    );
    expect(vague).toEqual([]);
  });
});

describe("the reader of imports", () => {
  it("sees types, re-exports, several lines, side effects and lazy imports", () => {
    const text = [
      'import type { A } from "a";',
      "export {\n  b,\n  type B,\n} from",
      '  "b";',
      'export * from "c";',
      'import "d";',
      'const e = await import("e");',
    ].join("\n");
    expect([...importsOf(text)].sort()).toEqual(["a", "b", "c", "d", "e"]);
  });

  it("skips comments and generated code", () => {
    const text = '/**\n * import "a";\n */\n// import("b")\nconst code = `\nimport "c";\n`;';
    expect(importsOf(text)).toEqual([]);
  });

  it("finds a circle", () => {
    const edges = [
      { from: "a", to: "b" },
      { from: "b", to: "c" },
      { from: "c", to: "a" },
      { from: "c", to: "d" },
    ];
    expect(cycles(edges)).toEqual(["a -> b -> c -> a"]);
  });
});

interface Edge {
  readonly from: string;
  readonly to: string;
}

function relativeImports(): readonly Edge[] {
  return sources.flatMap((file) =>
    file.imports
      .filter((specifier) => specifier.startsWith("."))
      .map((specifier) => ({
        from: file.path,
        to: normalize(join(dirname(file.path), specifier)).replaceAll("\\", "/"),
      })),
  );
}

function packageOf(path: string): string {
  return path.split("/").slice(0, 2).join("/");
}

/** Each circle once, as the path that walks it. */
function cycles(edges: readonly Edge[]): readonly string[] {
  const targets = new Map<string, string[]>();
  for (const { from, to } of edges) targets.set(from, [...(targets.get(from) ?? []), to]);
  const found: string[] = [];
  const done = new Set<string>();
  const walk = (file: string, path: readonly string[]): void => {
    const start = path.indexOf(file);
    if (start >= 0) found.push([...path.slice(start), file].join(" -> "));
    if (start >= 0 || done.has(file)) return;
    for (const next of targets.get(file) ?? []) walk(next, [...path, file]);
    done.add(file);
  };
  for (const file of targets.keys()) walk(file, []);
  return found;
}
