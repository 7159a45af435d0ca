import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { root } from "../source-files.ts";

/** What became of one case, or of one test of a file that counts as evidence. */
export interface CaseResult {
  readonly outcome: "passed" | "failed" | "not applicable" | "excepted";
  /** Why it does not apply or is excepted, in words a user would read. */
  readonly reason?: string;
}

/** One run: of the suite in one world, or of one test file. */
export interface RunResult {
  /** The suite's `name`, or the file's path from the root. */
  readonly run: string;
  /** By the name of the case. */
  readonly cases: Readonly<Record<string, CaseResult>>;
}

const folder = resolve(root, "out/conformance");

/** Keeps a run; a later one of the same name replaces it. */
export function writeResult(result: RunResult): void {
  mkdirSync(folder, { recursive: true });
  const file = result.run.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
  writeFileSync(resolve(folder, `${file}.json`), `${JSON.stringify(result, undefined, 1)}\n`);
}

/** All that was kept, by the name of the run. */
export function readResults(): ReadonlyMap<string, RunResult> {
  const results = new Map<string, RunResult>();
  for (const file of files()) {
    // Written by the function above.
    const result = JSON.parse(readFileSync(resolve(folder, file), "utf8")) as RunResult;
    results.set(result.run, result);
  }
  return results;
}

function files(): readonly string[] {
  try {
    return readdirSync(folder).filter((file) => file.endsWith(".json"));
  } catch {
    return []; // nothing was run yet; whoever asks says which runs are missing
  }
}
