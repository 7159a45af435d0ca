import type { SettleResult } from "@alienplatform/bindings";
import type { DeadLetterSelection } from "@alienplatform/bindings/operate";
import { AlienError } from "@alienplatform/core";
import { printCount } from "../../print/count.ts";
import { type FilterOptions, isFiltered, selectionOf } from "./filters.ts";

/** The named ones, or those that a filter means; an empty one means all. */
export type Chosen =
  | { readonly ids: readonly string[] }
  | { readonly filter: DeadLetterSelection; readonly all: boolean };

/** Reads which dead letters a command is to act upon: ids, filters, or --all, and one of these only. */
export function chosenLetters(
  ids: readonly string[],
  options: FilterOptions & { readonly all?: boolean },
): Chosen {
  const filtered = isFiltered(options);
  const ways = [ids.length > 0, filtered, options.all === true].filter(Boolean).length;
  if (ways === 1) {
    if (ids.length > 0) return { ids: [...new Set(ids)] };
    return { filter: selectionOf(options), all: !filtered };
  }
  throw new AlienError(
    "COMMAND_INVALID",
    ways === 0 ? "which ones?" : "ids, filters and --all exclude each other",
    { fix: 'Name ids as "alien dead ls" prints them, or give filters, or use --all.' },
  );
}

/** How many were done. The first failure is thrown, and so are ids that name no dead letter, once the others are done. */
export function countDone(ids: readonly string[], results: readonly SettleResult[]): number {
  let done = 0;
  const missing: string[] = [];
  for (const [index, id] of ids.entries()) {
    const result = results[index];
    if (result?.ok === false) throw result.error;
    if (result?.applied === false) missing.push(id);
    else done += 1;
  }
  if (missing.length > 0) throw unknownLetters(missing, done);
  return done;
}

export function unknownLetters(ids: readonly string[], done = 0): AlienError {
  const others = done === 0 ? "" : `; ${printCount(done, "other")} done`;
  return new AlienError(
    "UNKNOWN_DEAD_LETTER",
    `no dead letter of this queue is ${ids.map((id) => JSON.stringify(id)).join(", ")}${others}`,
    { fix: 'Name whole ids as "alien dead ls" prints them.', details: { ids, done } },
  );
}
