/**
 * A reporter of vitest's that keeps what its JSON report lacks: the errors that nobody caught, outside of any test,
 * which fail a run of which every test passed. They are kept beside that report: `5.json`, `5.unhandled.json`.
 */
import { writeFileSync } from "node:fs";
import { relative } from "node:path";

// biome-ignore lint/style/noDefaultExport: what vitest imports of a reporter
export default class UnhandledErrors {
  #file;

  onInit({ config }) {
    this.#file = unhandledFile(config.outputFile.json);
  }

  onTestRunEnd(_modules, errors) {
    writeFileSync(this.#file, JSON.stringify(errors.map(kept)));
  }
}

/** Where the unhandled errors of a run are kept, by the path of its JSON report. */
export function unhandledFile(report) {
  return report.replace(/\.json$/, ".unhandled.json");
}

/** What is thrown need not be an error; vitest names the file and the test where it knows them. */
function kept({
  type,
  name,
  message,
  stack,
  cause,
  VITEST_TEST_PATH: path,
  VITEST_TEST_NAME: test,
}) {
  const during = test === undefined ? "" : ` during "${test}"`;
  const causes = cause === undefined ? [] : [`caused by ${cause.stack ?? cause.message ?? cause}`];
  return {
    path: path === undefined ? "(no file)" : relative(process.cwd(), path),
    name: `(${type}, of no test${during})`,
    message: [stack ?? `${name ?? "thrown"}: ${message}`, ...causes].join("\n"),
  };
}
