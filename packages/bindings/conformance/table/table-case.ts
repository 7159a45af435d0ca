import type { TableBench } from "./table-bench.ts";
import type { TableWorld } from "./table-world.ts";

/** One sentence of what a state table means, and how to see that it holds. */
export interface TableCase {
  /** The sentence; also the key of an exception. */
  readonly name: string;
  /** What of a world it needs; where the world has none, the case does not apply. */
  readonly needs?: "at" | "missing" | "forbidden";
  run(bench: TableBench): Promise<void>;
}

/** Why a case does not apply; undefined where it does. */
export function whyNotHere({ needs }: TableCase, world: TableWorld): string | undefined {
  if (needs === undefined || world[needs] !== undefined) return undefined;
  return {
    at: "this table has no address",
    missing: "this service cannot be asked for a table that is not there",
    forbidden: "everybody may use this table here",
  }[needs];
}
