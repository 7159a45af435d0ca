import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { root } from "../source-files.ts";
import { columns } from "./columns.ts";
import { capabilitiesDocument, withFeatures, withShortTable } from "./documents.ts";
import { problemsOf } from "./render.ts";
import { readResults } from "./results.ts";

// npm run capabilities: writes docs/capabilities.md and the README's table from the results of the last runs; where
// some are missing, only what platforms say of themselves.
// npm run capabilities -- --check: writes nothing, and fails where they are not what those runs give.

const check = process.argv.includes("--check");
const results = readResults();
const problems = problemsOf(columns, results);
if (problems.length > 0) {
  if (!check) write("docs/capabilities.md", withFeatures(read("docs/capabilities.md"), columns));
  say(problems.join("\n"));
  say(
    "Run npm test and npm run test:peers, both with --reporter=./test/capabilities/reporter.ts, and mend what fails.",
  );
  process.exit(1);
}

const readme = readFileSync(resolve(root, "README.md"), "utf8");
const stale = [
  ["docs/capabilities.md", capabilitiesDocument(columns, results)] as const,
  ["README.md", withShortTable(readme, columns, results)] as const,
].filter(([path, text]) => read(path) !== text);

for (const [path, text] of stale) {
  if (check) say(`${path} is not what the runs give:\n${difference(read(path), text)}`);
  else write(path, text);
}
if (check && stale.length > 0) {
  say("Run npm run capabilities and commit what it writes.");
  process.exit(1);
}

function write(path: string, text: string): void {
  writeFileSync(resolve(root, path), text);
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

function read(path: string): string {
  try {
    return readFileSync(resolve(root, path), "utf8");
  } catch {
    return ""; // written for the first time
  }
}

/** The lines that are there and should not be, and the other way round. */
function difference(is: string, should: string): string {
  const [has, wants] = [is.split("\n"), should.split("\n")];
  const gone = has.filter((line) => !wants.includes(line)).map((line) => `- ${line}`);
  const missing = wants.filter((line) => !has.includes(line)).map((line) => `+ ${line}`);
  return [...gone, ...missing].join("\n");
}
