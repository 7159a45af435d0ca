import type { QueueOperations } from "@alienplatform/bindings/operate";
import type { Context } from "../../context.ts";
import { countsOf } from "../../counts.ts";
import { type FilterOptions, isFiltered } from "./filters.ts";

/** Of how many dead letters a progress bar is to tell; undefined where a filter leaves that open or nobody would see it. */
export async function totalOf(
  { terminal }: Context,
  operations: QueueOperations,
  options: FilterOptions,
): Promise<number | undefined> {
  if (terminal.live === undefined || isFiltered(options)) return undefined;
  return (await countsOf(operations))?.dead;
}
