/** What the API refused, or that it could not be asked. */
export class Problem extends Error {
  readonly status: number;
  /** One of the codes of `alien explain`; "" where nobody answered. */
  readonly code: string;
  readonly fix: string | undefined;

  constructor(message: string, { status = 0, code = "", fix }: ProblemOptions = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.fix = fix;
  }
}

interface ProblemOptions {
  readonly status?: number;
  readonly code?: string;
  readonly fix?: string | undefined;
}

/** Whatever was thrown, to be shown. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  return new Problem(error instanceof Error ? error.message : String(error));
}
