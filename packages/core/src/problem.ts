import { AlienError, type ErrorCode } from "./error.ts";

/** One thing that is wrong with a declaration, and what to do about it. */
export interface Problem {
  /** The option, as it is written: `lease`, `backoff.max`, `trigger(tasks).batchSize`. */
  readonly path: string;
  readonly problem: string;
  /** An imperative sentence. */
  readonly fix: string;
}

/** One error for all problems, so that a declaration is corrected in one go. */
export function problemsError(
  code: ErrorCode,
  subject: string,
  problems: readonly Problem[],
): AlienError {
  const [first, ...others] = problems;
  const details = { problems };
  if (first === undefined) throw new TypeError("problemsError needs a problem");
  if (others.length === 0) {
    return new AlienError(code, `${subject}: ${first.problem}`, { fix: first.fix, details });
  }
  const lines = problems.map(({ problem, fix }) => `\n  - ${problem}\n    ${fix}`);
  return new AlienError(code, `${subject} has ${problems.length} problems:${lines.join("")}`, {
    fix: `Correct all ${problems.length}; each is listed with its fix.`,
    details,
  });
}
