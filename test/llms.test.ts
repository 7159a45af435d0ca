import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, it } from "vitest";
import { filesUnder, manifestOf, packageFolders, root } from "./source-files.ts";

const place = resolve(root, "llms.txt");

// https://llmstxt.org: a title, what it is in a quote, and lists of pages with a line about each.
it("llms.txt tells programs that read documents which there are", () => {
  const text = llms();
  if (process.env.UPDATE_LLMS === "1") writeFileSync(place, text);
  expect(text, "UPDATE_LLMS=1 npx vitest run test/llms.test.ts writes it").toBe(
    readFileSync(place, "utf8"),
  );
});

it("every page says what it is about before anything else", () => {
  expect(pages("docs").filter((path) => summaryOf(path).length < 20)).toEqual([]);
});

function llms(): string {
  const readme = read("README.md");
  const [, title = ""] = /^# (.*)$/m.exec(readme) ?? [];
  const [declaration = ""] = /```ts\n\/\/ alien\.ts\n[\s\S]*?```/.exec(readme) ?? [];
  const [worker = ""] = /```ts\n\/\/ src\/worker\.ts\n[\s\S]*?```/.exec(readme) ?? [];
  const packages = packageFolders().map(
    (name) =>
      `- [${manifestOf(`packages/${name}`).name}](packages/${name}/README.md): ${descriptionOf(name)}`,
  );
  return `# ${title}

> ${paragraphAfter(readme, /^# .*$/m).replaceAll("\n", " ")}

What alien.ts declares, and a function that handles the messages:

${declaration}

${worker}

## Documents

${pages("docs").map(line).join("\n")}

## Packages

${packages.join("\n")}

## How it is built

${pages("docs/design").map(line).join("\n")}
`;
}

function pages(folder: string): readonly string[] {
  return filesUnder(folder, ".md").filter((path) => path.lastIndexOf("/") === folder.length);
}

function line(path: string): string {
  const [, title = ""] = /^# (.*)$/m.exec(read(path)) ?? [];
  return `- [${title}](${path}): ${summaryOf(path)}`;
}

/** The first sentence after the title, without its links. */
function summaryOf(path: string): string {
  const paragraph = paragraphAfter(read(path), /^# .*$/m).replaceAll("\n", " ");
  const plain = paragraph.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1");
  return /^.*?[.](?= |$)/.exec(plain)?.[0] ?? plain;
}

function paragraphAfter(text: string, heading: RegExp): string {
  const end = heading.exec(text);
  if (end === null) return "";
  return (
    text
      .slice(end.index + end[0].length)
      .trimStart()
      .split("\n\n")[0] ?? ""
  );
}

function descriptionOf(folder: string): string {
  const { description = "" } = JSON.parse(read(`packages/${folder}/package.json`)) as {
    // Of a package.json of ours.
    readonly description?: string;
  };
  return description;
}

function read(path: string): string {
  return readFileSync(resolve(root, path), "utf8");
}
