import { AlienError } from "./error.ts";

/** A time span as people write it: "250ms", "1.5s", "5m", "2h", "7d". */
export type Duration = `${number}${"ms" | "s" | "m" | "h" | "d"}`;

const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Milliseconds of a duration; `option` names it in the error. A bare number is refused: nobody can see its unit. */
export function parseDuration(text: string, option?: string): number {
  const read = readDuration(text);
  if (typeof read === "number") return read;
  const where = option === undefined ? "" : `${option}: `;
  throw new AlienError("OPTION_INVALID", where + read.problem, {
    fix: read.fix,
    ...(option === undefined ? {} : { details: { option } }),
  });
}

/** The milliseconds, or what is wrong with the value. */
export function readDuration(value: unknown): number | { problem: string; fix: string } {
  if (typeof value === "number" || (typeof value === "string" && /^\d+(\.\d+)?$/.test(value))) {
    return {
      problem: `the duration ${value} has no unit`,
      fix: `Write "${value}s" or "${value}ms".`,
    };
  }
  const match = typeof value === "string" ? /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(value) : undefined;
  const [, amount, unit] = match ?? [];
  // The pattern admits no other unit.
  const ms = Math.round(Number(amount) * unitMs[unit as keyof typeof unitMs]);
  if (Number.isSafeInteger(ms)) return ms;
  return {
    problem: `${typeof value === "string" ? JSON.stringify(value) : String(value)} is not a duration`,
    fix: `Write a number and a unit: "250ms", "1.5s", "5m", "2h" or "7d".`,
  };
}

/** The shortest exact way to write a number of milliseconds; parseDuration reads it back. */
export function formatDuration(ms: number): Duration {
  const whole = Math.max(0, Math.round(ms));
  if (whole < unitMs.s) return `${whole}ms`;
  for (const unit of ["d", "h", "m"] as const) {
    if (whole % unitMs[unit] === 0) return `${whole / unitMs[unit]}${unit}`;
  }
  return `${whole / unitMs.s}s`;
}
