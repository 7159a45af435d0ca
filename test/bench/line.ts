/** Survives kill -9, or survives also a power failure: fdatasync before the promise resolves. */
export type Durability = "process" | "power";

export const DURABILITIES: readonly Durability[] = ["process", "power"];

/** A bound from the list of targets, on the ratio, or on our own figure where there is nothing to compare with. */
export interface Target {
  readonly on: "ratio" | "ours";
  readonly is: "at least" | "at most";
  readonly bound: number;
}

/** One row of the table. */
export interface Line {
  readonly name: string;
  readonly durability?: Durability;
  readonly unit: "/s" | "ms" | "us" | "MiB" | "B" | "x";
  readonly ours: number;
  /** What ours is compared with, and its figure in the same run. */
  readonly other?: { readonly name: string; readonly value: number };
  readonly target?: Target;
}

export function ratioOf(line: Line): number | undefined {
  return line.other === undefined ? undefined : line.ours / line.other.value;
}

/** Undefined where there is no target. */
export function isMet(line: Line): boolean | undefined {
  if (line.target === undefined) return undefined;
  const figure = line.target.on === "ours" ? line.ours : ratioOf(line);
  if (figure === undefined) return undefined;
  return line.target.is === "at least" ? figure >= line.target.bound : figure <= line.target.bound;
}

export function ratioAtLeast(bound: number): Target {
  return { on: "ratio", is: "at least", bound };
}

export function ratioAtMost(bound: number): Target {
  return { on: "ratio", is: "at most", bound };
}

export function oursAtMost(bound: number): Target {
  return { on: "ours", is: "at most", bound };
}
