import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";

/** What a key does, for whoever presses "?". */
export interface Shortcut {
  /** "j", "?", "Enter", or two in a row: "g o". */
  readonly key: string;
  readonly does: string;
  /** Goes on while the key is held: for what only moves. Anything else is done once. */
  readonly repeats?: boolean;
  run(): void;
}

/** All that can be pressed where the reader is. */
export const shortcuts = signal<readonly Shortcut[]>([]);

const SEQUENCE_MS = 1_000;
let first: { readonly key: string; readonly at: number } | undefined;

/** Keys that work while a part of the page is shown; a later part's come first. */
export function useKeys(keys: readonly Shortcut[]): void {
  useEffect(() => {
    shortcuts.value = [...keys, ...shortcuts.peek()];
    return () => {
      shortcuts.value = shortcuts.peek().filter((each) => !keys.includes(each));
    };
  }, [keys]);
}

window.addEventListener("keydown", (event) => {
  const { key, target } = event;
  if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.altKey || isTyping(target))
    return;
  const both =
    first !== undefined && event.timeStamp - first.at < SEQUENCE_MS ? `${first.key} ${key}` : key;
  const all = shortcuts.peek();
  const found = all.find((each) => each.key === both) ?? all.find((each) => each.key === key);
  first = found === undefined ? { key, at: event.timeStamp } : undefined;
  if (found === undefined) return;
  event.preventDefault();
  if (!event.repeat || found.repeats) found.run();
});

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.closest("input, textarea, select, dialog, [contenteditable]") !== null;
}
