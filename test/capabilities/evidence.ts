import { type ConformanceCase, conformanceCases } from "@alienplatform/bindings/conformance";
import type { Column } from "./columns.ts";
import type { CaseResult, RunResult } from "./results.ts";
import type { Grade, Run } from "./runs.ts";

/** What is known of one case of the suite in one column. */
export interface Evidence {
  readonly part: string;
  readonly name: string;
  /** The best run in which it passed. */
  readonly passed?: Grade;
  /** Where it is excepted, and why. */
  readonly excepted: readonly { readonly against: string; readonly reason: string }[];
  /** Where it failed. */
  readonly failed: readonly string[];
  /** Why it does not apply, where it does in no run. */
  readonly notApplicable?: string;
}

const GRADES: readonly Grade[] = ["live", "independent", "own"];

/** All cases of a column, each with the best that any of its runs shows. */
export function evidenceOf(
  column: Column,
  results: ReadonlyMap<string, RunResult>,
): readonly Evidence[] {
  return Object.entries(conformanceCases).flatMap(([part, cases]) =>
    cases.flatMap((one) => {
      const runs = column.runs.filter((run) => isOf(run, one, column.fifo));
      return runs.length === 0 ? [] : [evidence(part, one.name, runs, results)];
    }),
  );
}

/** Whether the run's queue of that case is of the kind that is asked for. */
function isOf(run: Run, one: ConformanceCase, fifo: boolean | undefined): boolean {
  return fifo === undefined || fifo === (run.fifo === true || isFifo(one));
}

function isFifo({ options }: ConformanceCase): boolean {
  return options?.fifo !== undefined;
}

function evidence(
  part: string,
  name: string,
  runs: readonly Run[],
  results: ReadonlyMap<string, RunResult>,
): Evidence {
  const found = runs.flatMap((run) => {
    const result = results.get(run.run)?.cases[name];
    return result === undefined ? [] : [{ ...run, ...result }];
  });
  const passed = GRADES.find((grade) =>
    found.some((one) => one.outcome === "passed" && one.grade === grade),
  );
  const reasons = found.flatMap(({ outcome, reason = "" }) =>
    outcome === "not applicable" ? [reason] : [],
  );
  const notApplicable = reasons.length === found.length ? reasons[0] : undefined;
  return {
    part,
    name,
    ...(passed !== undefined && { passed }),
    excepted: found.flatMap(({ outcome, against, reason = "" }) =>
      outcome === "excepted" ? [{ against, reason }] : [],
    ),
    failed: found.filter(({ outcome }) => outcome === "failed").map(({ against }) => against),
    ...(notApplicable !== undefined && { notApplicable }),
  };
}

/** How many of one kind there are, by the grade of the best run that they passed in. */
export interface Tally {
  readonly passed: Readonly<Record<Grade, number>>;
  /** Excepted in every run that they apply to. */
  readonly excepted: number;
  readonly failed: number;
}

/** Counts what applies. */
export function tallyOf(evidence: readonly Evidence[]): Tally {
  const count = (is: (one: Evidence) => boolean) => evidence.filter(is).length;
  return {
    passed: {
      live: count(({ passed }) => passed === "live"),
      independent: count(({ passed }) => passed === "independent"),
      own: count(({ passed }) => passed === "own"),
    },
    excepted: count(({ passed, excepted }) => passed === undefined && excepted.length > 0),
    failed: count(({ failed }) => failed.length > 0),
  };
}

/** The same of test files: each test is one. */
export function tallyOfFiles(runs: readonly Run[], results: ReadonlyMap<string, RunResult>): Tally {
  const of = (grade: Grade, outcome: CaseResult["outcome"]) =>
    runs
      .filter((run) => run.grade === grade)
      .flatMap(({ run }) => Object.values(results.get(run)?.cases ?? {}))
      .filter((one) => one.outcome === outcome).length;
  return {
    passed: {
      live: of("live", "passed"),
      independent: of("independent", "passed"),
      own: of("own", "passed"),
    },
    excepted: 0,
    failed: GRADES.reduce((sum, grade) => sum + of(grade, "failed"), 0),
  };
}
