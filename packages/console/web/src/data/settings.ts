import { computed, effect, type Signal, signal } from "@preact/signals";
import { connection } from "./events.ts";

export type Theme = "system" | "dark" | "light";

/** What the reader has chosen; kept by the browser. */
export const theme = kept<Theme>("alien.theme", "system", ["system", "dark", "light"]);

/** The reader wants that nothing can be changed from this page while it is "yes". */
export const readOnly = kept<"yes" | "no">("alien.read-only", "no", ["yes", "no"]);

/** The server refuses whatever changes something, whatever the reader has chosen. */
export const servedReadOnly = signal(false);

/** Nothing can be changed from this page. */
export const isReadOnly = computed(() => servedReadOnly.value || readOnly.value === "yes");

/** Why nothing can be changed now; undefined where it can. */
export const hindrance = computed(() => {
  if (servedReadOnly.value) return "The server only looks: it was started with --read-only";
  if (isReadOnly.value) return "The console is read-only: settings change that";
  return connection.value === "lost" ? "Not connected: nobody would do it" : undefined;
});

/** Times as they are on the clock beside how long ago. */
export const times = kept<"relative" | "absolute">("alien.times", "relative", [
  "relative",
  "absolute",
]);

/** Whether what is shown follows what happens; until the page is left. */
export const live = signal(true);

effect(() => {
  if (theme.value === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme.value;
});

function kept<T extends string>(name: string, initial: T, choices: readonly T[]): Signal<T> {
  const stored = recall(name);
  const chosen = signal<T>(choices.find((choice) => choice === stored) ?? initial);
  effect(() => remember(name, chosen.value));
  return chosen;
}

/** What the browser keeps under a name; nothing where it keeps nothing. */
export function recall(name: string): string | undefined {
  try {
    return localStorage.getItem(name) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Keeps a text for the next time; a browser that forbids it forgets. */
export function remember(name: string, text: string): void {
  try {
    localStorage.setItem(name, text);
  } catch {
    // Then it holds until the page is left.
  }
}
