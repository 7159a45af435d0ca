import { AlienError } from "@alienplatform/core";

/** What was looked at, how it is, and what to do about it. */
export interface Finding {
  /** "node", "store", "credentials:aws". */
  readonly check: string;
  /** A problem keeps something from working; a warning may become one. */
  readonly status: "ok" | "warning" | "problem";
  readonly message: string;
  readonly fix?: string;
}

/** What an error says, as a finding. */
export function findingOf(
  check: string,
  error: unknown,
  status: Finding["status"] = "problem",
): Finding {
  if (!(error instanceof AlienError)) throw error;
  const { code, message, fix } = error;
  return { check, status, message: `${code}: ${message}`, ...(fix === undefined ? {} : { fix }) };
}
