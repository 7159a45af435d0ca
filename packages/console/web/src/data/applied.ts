import { Problem } from "./problem.ts";

/** What the API answers to a change of one message; "unknown" where the platform does not tell whether it was in time. */
export interface Applied {
  readonly applied?: boolean | "unknown";
}

/** Throws where nothing was changed, since the message had gone on meanwhile. */
export function inTime({ applied }: Applied): void {
  if (applied !== false) return;
  throw new Problem("Too late: the message has gone on meanwhile", {
    fix: "Look where it is now.",
  });
}
