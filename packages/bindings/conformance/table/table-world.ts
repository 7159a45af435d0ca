import type { Clock } from "../../src/clock.ts";
import type { StateTable } from "../../src/table/state-table.ts";

/** One table, as a store gives it to one case. Others may use it too: each case has partitions of its own. */
export interface TableWorld {
  readonly table: StateTable;
  /** A second, independent connection to the same table, as another process would have. */
  another(): Promise<StateTable>;
  /** The same table asked at an address of this machine where its service is not: "127.0.0.1:port". */
  readonly at?: (address: string) => Promise<StateTable>;
  /** A table of the same service that nobody has made. */
  readonly missing?: () => Promise<StateTable>;
  /** The same table for an identity that may not use it. */
  readonly forbidden?: () => Promise<StateTable>;
  /** Closes what it opened, `another` and the rest too. */
  close(): Promise<void>;
}

/** Opens a world whose tables read the time from this clock. */
export type OpenTable = (clock: Clock) => Promise<TableWorld>;
