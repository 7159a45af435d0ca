import { type Signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { DeadFilter } from "./filter.ts";

/** Which letters are meant: some by their ids, or all that match, also those that are not on the page. */
export type Selected = ReadonlySet<string> | "all";

/** Begins with none, and again with none when other letters are shown. */
export function useSelection(queue: string, filter: DeadFilter): Signal<Selected> {
  const selected = useSignal<Selected>(new Set());
  const of = JSON.stringify([queue, filter]);
  const last = useSignal(of);
  useEffect(() => {
    if (last.peek() === of) return;
    last.value = of;
    selected.value = new Set();
  }, [of, last, selected]);
  return selected;
}

/** With one letter more or less. */
export function toggled(selected: Selected, id: string, shown: readonly string[]): Selected {
  const ids = new Set(selected === "all" ? shown : selected);
  if (!ids.delete(id)) ids.add(id);
  return ids;
}
