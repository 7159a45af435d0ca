import type { Clock } from "../../src/clock.ts";
import type { StateTable } from "../../src/table/state-table.ts";

/** A table with one fault, and the case that must find it. */
export interface TableMutant {
  /** What it does wrong, in the present tense. */
  readonly does: string;
  readonly caughtBy: string;
  /** The verbs that it has instead of those of a table in memory. */
  readonly spoil: (table: StateTable, clock: Clock) => Partial<StateTable>;
}
