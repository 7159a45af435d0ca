import { AlienError } from "@alienplatform/core";

/** A problem beside the first one of an error, as `details.others` has it. */
export interface OtherProblem {
  readonly message: string;
  /** Where it is another one than the error's. */
  readonly fix?: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly frame?: string;
}

const MORE = / \(and \d+ more\)$/;

/** Several errors as the first one with the others in `details.others`, each problem once; one alone stays as it is. */
export function together(errors: readonly AlienError[]): AlienError {
  const [first, ...rest] = errors;
  if (first === undefined) throw new TypeError("together() takes at least one error");
  const message = first.message.replace(MORE, "");
  const others = new Map<string, OtherProblem>();
  for (const other of [...othersOf(first), ...rest.flatMap((error) => problemsOf(error, first))]) {
    if (other.message !== message) others.set(other.message, other);
  }
  if (rest.length === 0 || others.size === 0) return first;
  const { code, fix, retryable, details, cause } = first;
  return new AlienError(code, `${message} (and ${others.size} more)`, {
    ...(fix === undefined ? {} : { fix }),
    retryable,
    details: { ...details, others: [...others.values()] },
    cause,
  });
}

function problemsOf(error: AlienError, first: AlienError): readonly OtherProblem[] {
  const { file, line, column, frame } = error.details as Omit<OtherProblem, "message">;
  const own = {
    message: error.message.replace(MORE, ""),
    ...(error.fix === undefined || error.fix === first.fix ? {} : { fix: error.fix }),
    ...(file === undefined ? {} : { file, line, column }),
    ...(frame === undefined ? {} : { frame }),
  };
  return [own, ...othersOf(error)];
}

function othersOf({ details }: AlienError): readonly OtherProblem[] {
  // Only together() writes them.
  return (details.others ?? []) as readonly OtherProblem[];
}
