/**
 * What went wrong in a run of vitest, from its JSON report: `node .ci/failures.mjs count <report>` prints how many
 * passed and failed, `node .ci/failures.mjs show <report>` the failed ones with the first lines of their errors, and
 * ends with 1 where it tells of none. A test counts, and so do a test file that could not be loaded and an error that
 * nobody caught; those are shown last, since they are all that a run may fail of while each of its tests passes. A run
 * that was ended leaves no report: it counts as one that failed, and its own last lines tell more.
 */
import { existsSync, readFileSync } from "node:fs";
import { relative } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { unhandledFile } from "./unhandled-errors.mjs";

const SHOWN_FAILURES = 20;
const SHOWN_LINES = 12;

/** Lines of a stack that say nothing of the test. */
const NOT_OURS = /^\s+at (?:.*node_modules|.*<anonymous>|.*node:)/;

const [, , verb, file] = process.argv;
if (!existsSync(file)) {
  if (verb === "count") process.stdout.write("0 1\n");
  process.exit(verb === "count" ? 0 : 1);
}
const { numPassedTests, testResults } = read(file);
const failures = testResults.flatMap(({ name, status, message, assertionResults }) => {
  const path = relative(process.cwd(), name);
  const tests = assertionResults.filter((test) => test.status === "failed");
  if (tests.length === 0 && status === "failed") return [{ path, name: "(the file)", message }];
  return tests.map(({ fullName, failureMessages }) => ({
    path,
    name: fullName,
    message: failureMessages.join("\n"),
  }));
});
const unhandled = existsSync(unhandledFile(file)) ? read(unhandledFile(file)) : [];

if (verb === "count") {
  process.stdout.write(`${numPassedTests} ${failures.length + unhandled.length}\n`);
} else {
  showSome(failures, (line) => !NOT_OURS.test(line));
  // Of a socket's error the lines of Node or of a package are all that there is.
  showSome(unhandled, (line) => !/^\s+at .*node_modules\/@?vitest\//.test(line));
  process.exitCode = failures.length + unhandled.length === 0 ? 1 : 0;
}

function read(path) {
  return JSON.parse(readFileSync(path, "utf8"));
}

function showSome(all, isShown) {
  for (const { path, name, message } of all.slice(0, SHOWN_FAILURES)) {
    const lines = stripVTControlCharacters(message).split("\n").filter(isShown);
    const shown = lines.slice(0, SHOWN_LINES).map((line) => `    ${line}\n`);
    process.stdout.write(`${path} > ${name}\n${shown.join("")}`);
  }
  const more = all.length - SHOWN_FAILURES;
  if (more > 0) process.stdout.write(`and ${more} more\n`);
}
