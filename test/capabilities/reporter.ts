import { relative } from "node:path";
import type { Reporter, TestCase, TestModule } from "vitest/node";
import { root } from "../source-files.ts";
import { type CaseResult, writeResult } from "./results.ts";
import { evidenceFiles } from "./runs.ts";

/** The suite, and those of its cases that a runner has put apart. */
const SUITE = /(?: keeps the contract|, large messages)$/;

/**
 * Keeps what became of each case of the conformance suite, and of the files that count as evidence, under
 * out/conformance: `npm test -- --reporter=default --reporter=./test/capabilities/reporter.ts`.
 */
// biome-ignore lint/style/noDefaultExport: what vitest imports of a reporter
export default class ResultsReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    for (const module of modules) {
      for (const [run, tests] of suitesOf(module)) keep(run, tests);
      const file = relative(root, module.moduleId).replaceAll("\\", "/");
      if (evidenceFiles.includes(file)) keep(file, module.children.allTests());
    }
  }
}

function suitesOf(module: TestModule): ReadonlyMap<string, readonly TestCase[]> {
  const runs = new Map<string, TestCase[]>();
  for (const child of module.children) {
    if (child.type !== "suite" || !SUITE.test(child.name)) continue;
    const run = child.name.replace(SUITE, "");
    runs.set(run, [...(runs.get(run) ?? []), ...child.children.allTests()]);
  }
  return runs;
}

function keep(run: string, tests: Iterable<TestCase>): void {
  const cases: Record<string, CaseResult> = {};
  for (const test of tests) {
    const result = resultOf(test);
    // A run of some of the tests says nothing of the others: what is kept stays as it was.
    if (result === undefined) return;
    cases[test.name] = result;
  }
  writeResult({ run, cases });
}

function resultOf(test: TestCase): CaseResult | undefined {
  const result = test.result();
  if (result.state === "passed" || result.state === "failed") return { outcome: result.state };
  const note = result.state === "skipped" ? result.note : undefined;
  if (note === undefined) return undefined;
  const [, reason] = /^excepted: (.*)$/s.exec(note) ?? [];
  if (reason !== undefined) return { outcome: "excepted", reason };
  return { outcome: "not applicable", reason: note };
}
