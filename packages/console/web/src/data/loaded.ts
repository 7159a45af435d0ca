import { type Signal, useSignal } from "@preact/signals";
import { useCallback, useEffect } from "preact/hooks";
import { returns } from "./events.ts";
import { asProblem, type Problem } from "./problem.ts";
import { live } from "./settings.ts";

/** What was asked for, and is shown while it is asked for again. */
export interface Loaded<T> {
  readonly data: T | undefined;
  readonly problem: Problem | undefined;
  readonly loading: boolean;
  reload(): void;
}

interface State<T> {
  readonly key: string;
  readonly data?: T | undefined;
  readonly problem?: Problem | undefined;
  readonly loading: boolean;
}

/**
 * Loads what `key` names, anew when the key changes, when the server is back (unless not to follow), and every `everyMs` while the page is
 * looked at and live. What is there stays until the answer is.
 */
export function useLoaded<T>(
  key: string | undefined,
  load: (signal: AbortSignal) => Promise<T>,
  {
    everyMs,
    follows = true,
  }: { readonly everyMs?: number | undefined; readonly follows?: boolean } = {},
): Loaded<T> {
  const state: Signal<State<T>> = useSignal<State<T>>({ key: "", loading: true });
  const round = useSignal(0);
  const reload = useCallback(() => {
    round.value++;
  }, [round]);
  const back = follows ? returns.value : 0;
  // The key says what `load` loads, which is made anew each time: no dependency.
  useEffect(() => {
    if (key === undefined) return;
    const aborter = new AbortController();
    const before = state.peek();
    state.value = before.key === key ? { ...before, loading: true } : { key, loading: true };
    load(aborter.signal).then(
      (data) => {
        if (!aborter.signal.aborted) state.value = { key, data, loading: false };
      },
      (error: unknown) => {
        if (aborter.signal.aborted) return;
        state.value = { ...state.peek(), problem: asProblem(error), loading: false };
      },
    );
    return () => aborter.abort();
  }, [key, round.value, back]);
  useEffect(() => {
    if (everyMs === undefined) return;
    const timer = setInterval(() => {
      if (live.peek() && !document.hidden && !state.peek().loading) reload();
    }, everyMs);
    return () => clearInterval(timer);
  }, [everyMs, reload, state]);
  const { data, problem, loading } = state.value.key === key ? state.value : { ...NOTHING };
  return { data, problem, loading, reload };
}

const NOTHING = { data: undefined, problem: undefined, loading: true };
