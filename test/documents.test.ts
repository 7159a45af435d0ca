import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import * as alien from "@alienplatform/core";
import { afterAll, describe, expect, it } from "vitest";
import { filesUnder, type Manifest, manifestOf, packageFolders, root } from "./source-files.ts";

const documents = [
  "README.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
  ...filesUnder("docs", ".md"),
  ...packageFolders().flatMap((name) => filesUnder(`packages/${name}`, ".md")),
  ...filesUnder("examples", ".md"),
].map((path) => ({ path, text: readFileSync(resolve(root, path), "utf8") }));

/** What alien init writes. */
const template = "packages/cli/templates/basic";

describe("docs/errors.md", () => {
  it("explains every code once, and no other", () => {
    const union = /export type ErrorCode =([^;]*);/.exec(
      readFileSync(resolve(root, "packages/core/src/error.ts"), "utf8"),
    )?.[1];
    const codes = [...(union ?? "").matchAll(/\| "(\w+)"/g)].map((match) => match[1]);
    const text = readFileSync(resolve(root, "docs/errors.md"), "utf8");
    const headings = [...text.matchAll(/^#+ `?([A-Z][A-Z_]+)`?$/gm)].map((match) => match[1]);
    expect(headings.sort()).toEqual(codes.sort());
  });
});

describe("docs/reference.md", () => {
  const text = readFileSync(resolve(root, "docs/reference.md"), "utf8");

  it("has every option of a queue, of a function and of an endpoint", () => {
    const options = [alien.Queue, alien.Function, alien.Endpoint]
      .flatMap((builder) => Object.getOwnPropertyNames(builder.prototype))
      .filter((name) => name !== "constructor" && name !== "build");
    expect(options.filter((name) => !text.includes(`.${name}(`))).toEqual([]);
  });

  it("has every option of a send", () => {
    const source = readFileSync(resolve(root, "packages/bindings/src/queue/message.ts"), "utf8");
    const fields = /interface SendOptions \{([^}]*(?:\{[^}]*\}[^}]*)*)\n\}/.exec(source)?.[1] ?? "";
    const options = [...fields.matchAll(/^ {2}readonly (\w+)\?/gm)].map((match) => match[1]);
    expect(options).toContain("delay");
    const section = text.split("\n## ").find((part) => part.startsWith("A send\n")) ?? "";
    expect(options.filter((name) => !section.includes(`| \`${name}`))).toEqual([]);
  });
});

describe("the documents", () => {
  it("link to files that exist", () => {
    const dead = documents.flatMap(({ path, text }) =>
      [...text.matchAll(/\]\(([^)\s]+)\)/g)]
        .map((match) => match[1] ?? "")
        .filter((target) => !/^(https?:|mailto:|#)/.test(target))
        .filter((target) => !existsSync(resolve(root, dirname(path), target.replace(/#.*/, ""))))
        .map((target) => `${path} links to ${target}`),
    );
    expect(dead).toEqual([]);
  });

  it("link to headings that exist", () => {
    const dead = documents.flatMap(({ path, text }) =>
      [...text.matchAll(/\]\(([^)\s#]*)#([^)\s]+)\)/g)]
        .filter(([, target]) => !target?.startsWith("http"))
        .filter(([, target = "", anchor = ""]) => {
          const file = target === "" ? path : join(dirname(path), target);
          return !anchorsOf(readFileSync(resolve(root, file), "utf8")).includes(anchor);
        })
        .map(([, target, anchor]) => `${path} links to ${target}#${anchor}`),
    );
    expect(dead).toEqual([]);
  });

  it("name npm scripts that exist", () => {
    const unknown = documents.flatMap(({ path, text }) => {
      const scripts = { ...manifestOf(".").scripts, ...nearestManifest(path).scripts };
      return [
        ...text.matchAll(/\bnpm (?:run )?(?:--silent )?(test|(?<=run (?:--silent )?)[\w:-]+)/g),
      ]
        .map((match) => match[1] ?? "")
        .filter((name) => !(name in scripts))
        .map((name) => `${path} names npm run ${name}`);
    });
    expect(unknown).toEqual([]);
  });

  it("let npx fetch nobody else's package of our command's name", () => {
    const fetching = documents.flatMap(({ path, text }) =>
      /\bnpx alien\b/.test(text) ? [path] : [],
    );
    expect(fetching).toEqual([]);
  });
});

describe("the code blocks", () => {
  // Inside the checkout, so that the packages are found as a user's project finds them.
  mkdirSync(resolve(root, ".cache"), { recursive: true });
  const folder = mkdtempSync(resolve(root, ".cache/documents-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  it("in TypeScript compile under the checkout's own configuration", () => {
    for (const { path, text } of documents) writeBlocks(folder, path, text);
    writeFileSync(
      join(folder, "tsconfig.json"),
      JSON.stringify({ extends: "../../tsconfig.json", include: ["."], exclude: [] }),
    );
    expect(typeErrors(folder)).toBe("");
  });
});

describe("the quick start", () => {
  it("shows the files that alien init writes", () => {
    const readme = documents.find(({ path }) => path === "README.md")?.text ?? "";
    const shown = filesUnder(template, ".ts").map((path) => {
      const text = readFileSync(resolve(root, path), "utf8").replaceAll("{{name}}", "hello");
      return `\`\`\`ts\n// ${path.slice(template.length + 1)}\n${text}\`\`\``;
    });
    expect(shown.filter((block) => !readme.includes(block))).toEqual([]);
  });
});

describe("docs/http-consumers.md", () => {
  it("shows the receivers of the example, which tests run", () => {
    const page = documents.find(({ path }) => path === "docs/http-consumers.md")?.text ?? "";
    for (const [file, language] of [
      ["receiver.ts", "ts"],
      ["receiver.py", "python"],
    ]) {
      const text = readFileSync(resolve(root, "examples/http-consumer", file ?? ""), "utf8");
      expect(page).toContain(`\`\`\`${language}\n${text}\`\`\``);
    }
  });
});

describe("package-lock.json", () => {
  const text = readFileSync(resolve(root, "package-lock.json"), "utf8");

  it("names no registry's host", () => {
    expect(text.match(/"resolved": "[a-z+]+:[^"]*"/g) ?? []).toEqual([]);
  });

  it("has an entry for the binaries of every operating system, without which npm ci refuses it", () => {
    // npm wrote it; the shape is that of lockfileVersion 3.
    const { packages } = JSON.parse(text) as {
      packages: Record<string, { optionalDependencies?: Record<string, string> }>;
    };
    const installed = new Set(
      Object.keys(packages).map((path) => path.replace(/^.*node_modules\//, "")),
    );
    const missing = Object.values(packages)
      .flatMap(({ optionalDependencies = {} }) => Object.keys(optionalDependencies))
      .filter((name) => !installed.has(name));
    expect(missing).toEqual([]);
  });
});

/** That of the folder that the document is about: an example, a template, or the checkout. */
function nearestManifest(path: string): Manifest {
  const folder = dirname(path);
  return existsSync(resolve(root, folder, "package.json"))
    ? manifestOf(folder)
    : nearestManifest(folder);
}

/**
 * One folder per document, which holds the project of alien init; a block whose first line is a comment with
 * a file's name becomes that file.
 */
function writeBlocks(folder: string, path: string, text: string): void {
  const project = join(folder, path.replaceAll(/[/.]/g, "-"));
  for (const file of filesUnder(template, ".ts")) {
    const target = join(project, file.slice(template.length + 1));
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(resolve(root, file), target);
  }
  const blocks = [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map((match) => match[1] ?? "");
  for (const [index, block] of blocks.entries()) {
    const name = /^\/\/ ([\w./-]+\.ts)\b/.exec(block)?.[1] ?? `block-${index + 1}.ts`;
    const file = join(project, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${block}\nexport {};\n`);
  }
}

function typeErrors(folder: string): string {
  try {
    execFileSync(
      process.execPath,
      [resolve(root, "node_modules/typescript/bin/tsc"), "-p", folder],
      {
        encoding: "utf8",
        stdio: "pipe",
      },
    );
    return "";
  } catch (error) {
    // execFileSync rejects with what the process printed.
    return String((error as { stdout?: string }).stdout);
  }
}

/** The anchors a forge makes from headings. */
function anchorsOf(text: string): readonly string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map((match) =>
    (match[1] ?? "")
      .toLowerCase()
      .replaceAll(/[^\w\s-]/g, "")
      .trim()
      .replaceAll(/\s/g, "-"),
  );
}
