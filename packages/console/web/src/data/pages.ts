import { useSignal } from "@preact/signals";
import { useCallback, useEffect, useRef } from "preact/hooks";
import { returns } from "./events.ts";
import { inTurn } from "./in-turn.ts";
import type { List } from "./model.ts";
import { asProblem, type Problem } from "./problem.ts";
import { request } from "./request.ts";

/** A list of the API as far as it has been asked for. */
export interface Pages<T> {
  readonly items: readonly T[] | undefined;
  readonly problem: Problem | undefined;
  readonly loading: boolean;
  readonly complete: boolean;
  more(): void;
  reload(): void;
}

/** How a list is asked for. */
export interface Asking {
  /** Whether it is asked for again when the server is back. */
  readonly follows?: boolean;
  /** One after the other with all else of this name. */
  readonly turn?: string;
}

const LIMIT = 200;

interface State<T> {
  readonly of: string;
  readonly items?: readonly T[];
  readonly next?: string | undefined;
  readonly problem?: Problem;
  readonly loading: boolean;
}

/**
 * The items at a path with its filters ("/queues/tasks/messages?state=ready"), a page at a time as the reader gets
 * there. Nothing is asked for without a path.
 */
export function usePages<T>(
  of: string | undefined,
  { follows = true, turn }: Asking = {},
): Pages<T> {
  const state = useSignal<State<T>>({ of: "", loading: true });
  const round = useSignal(0);
  const aborter = useRef<AbortController>(undefined);
  /** The reader came to the end while the list was asked for anew. */
  const isAwaited = useRef(false);
  const isAnew = useRef(true);
  const back = follows ? returns.value : 0;

  const load = useCallback(
    async (before: readonly T[], limit: number, after?: string) => {
      if (of === undefined) return;
      aborter.current?.abort();
      const own = new AbortController();
      aborter.current = own;
      isAnew.current = after === undefined;
      try {
        let items: readonly T[] = [];
        let next = after;
        // A long look for few is answered without any, and with where to go on.
        do {
          const path = pathOf(of, limit, next);
          const ask = () => request<List<T>>("GET", path, { signal: own.signal });
          const page = await (turn === undefined ? ask() : inTurn(turn, own.signal, ask));
          items = page.items;
          next = page.next;
        } while (items.length === 0 && next !== undefined && !own.signal.aborted);
        if (own.signal.aborted) return;
        const all = [...before, ...items];
        const goesOn = isAwaited.current && next !== undefined;
        isAwaited.current = false;
        state.value = { of, items: all, next, loading: goesOn };
        if (goesOn) void load(all, LIMIT, next);
      } catch (error) {
        if (own.signal.aborted) return;
        state.value = { ...state.peek(), of, problem: asProblem(error), loading: false };
      }
    },
    [of, turn, state],
  );

  useEffect(() => {
    if (of === undefined) return;
    const known = state.peek();
    const shown = known.of === of ? (known.items?.length ?? 0) : 0;
    state.value = known.of === of ? { ...known, loading: true } : { of, loading: true };
    void load([], Math.min(500, Math.max(LIMIT, shown)));
    return () => {
      isAwaited.current = false;
      aborter.current?.abort();
    };
  }, [of, round.value, back, load, state]);

  const more = useCallback(() => {
    const { next, items = [], loading } = state.peek();
    if (loading && isAnew.current) isAwaited.current = true;
    if (next === undefined || loading) return;
    state.value = { ...state.peek(), loading: true };
    void load(items, LIMIT, next);
  }, [load, state]);

  const reload = useCallback(() => {
    round.value++;
  }, [round]);

  const { items, next, problem, loading } =
    state.value.of === of
      ? state.value
      : { loading: true, items: undefined, next: undefined, problem: undefined };
  return { items, problem, loading, complete: next === undefined, more, reload };
}

function pathOf(of: string, limit: number, after: string | undefined): string {
  const from = after === undefined ? "" : `&after=${encodeURIComponent(after)}`;
  return `${of}${of.includes("?") ? "&" : "?"}limit=${limit}${from}`;
}
