import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { useKeys } from "../navigation/keys.ts";
import { isNarrow } from "./narrow.ts";

interface RowsProps<T> {
  readonly items: readonly T[];
  readonly label: string;
  readonly keyOf: (item: T) => string;
  readonly render: (item: T, index: number) => ComponentChildren;
  readonly onOpen?: (item: T) => void;
  readonly onSelect?: (item: T) => void;
  /** What else can be done with the one that j and k have come to; the same keys as long as the list is shown. */
  readonly acts?: readonly RowAct<T>[];
  /** The reader comes near the last one: there may be more to load. */
  readonly onEnd?: () => void;
  readonly rowHeight?: number;
  /** In a window that is too narrow for one line. */
  readonly narrowHeight?: number;
}

/** A key that does something with a row. */
export interface RowAct<T> {
  readonly key: string;
  readonly does: string;
  run(item: T): void;
}

const NO_ACTS: readonly never[] = [];
const BEYOND = 8;

/** A list of any length, of which only what is seen is on the page. j and k go along it, Enter opens. */
export function Rows<T>({
  items,
  label,
  keyOf,
  render,
  onOpen,
  onSelect,
  acts = NO_ACTS,
  onEnd,
  rowHeight: wideHeight = 44,
  narrowHeight = 60,
}: RowsProps<T>) {
  const rowHeight = isNarrow.value ? narrowHeight : wideHeight;
  const list = useRef<HTMLUListElement>(null);
  const top = useSignal(0);
  const height = useSignal(600);
  const at = useSignal(-1);
  const first = Math.max(0, Math.floor(top.value / rowHeight) - BEYOND);
  const last = Math.min(items.length, Math.ceil((top.value + height.value) / rowHeight) + BEYOND);
  const current = useRef({ items, onOpen, onSelect, acts });
  current.current = { items, onOpen, onSelect, acts };

  useEffect(() => {
    const element = list.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => {
      height.value = element.clientHeight;
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [height]);

  useEffect(() => {
    if (last >= items.length - BEYOND) onEnd?.();
  }, [last, items.length, onEnd]);

  const keys = useMemo(() => {
    const go = (by: number) => {
      const last = current.current.items.length - 1;
      const next = Math.min(last, Math.max(0, Math.min(at.peek(), last) + by));
      at.value = next;
      const element = list.current;
      if (element === null || next < 0) return;
      const [from, to] = [next * rowHeight, (next + 1) * rowHeight];
      if (from < element.scrollTop) element.scrollTop = from;
      if (to > element.scrollTop + element.clientHeight)
        element.scrollTop = to - element.clientHeight;
    };
    const act = (what: ((item: T) => void) | undefined) => {
      // After the last one was acted on and is gone, the one before it is meant.
      const last = current.current.items.length - 1;
      const item = current.current.items[Math.min(at.peek(), last)];
      if (item !== undefined) what?.(item);
    };
    return [
      { key: "j", does: "next in the list", repeats: true, run: () => go(1) },
      { key: "k", does: "the one before", repeats: true, run: () => go(-1) },
      ...(onOpen === undefined
        ? []
        : [{ key: "o", does: "open it", run: () => act(current.current.onOpen) }]),
      ...(onSelect === undefined
        ? []
        : [{ key: "x", does: "select it", run: () => act(current.current.onSelect) }]),
      ...acts.map(({ key, does }, index) => ({
        key,
        does,
        run: () => act(current.current.acts[index]?.run),
      })),
    ];
  }, [at, rowHeight, onOpen === undefined, onSelect === undefined, acts.length]);
  useKeys(keys);

  return (
    <ul
      ref={list}
      class="rows"
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
      tabIndex={0}
      style={{ "--rows-height": `${items.length * rowHeight}px` }}
      onScroll={(event) => {
        // A whole row is the least that changes what is shown.
        const scrolled = Math.floor(event.currentTarget.scrollTop / rowHeight) * rowHeight;
        top.value = scrolled;
      }}
      onKeyDown={(event) => {
        const item = items[Math.min(at.value, items.length - 1)];
        if (event.key === "Enter" && event.target === list.current && item !== undefined) {
          onOpen?.(item);
        }
      }}
    >
      {items.slice(first, last).map((item, offset) => (
        <li
          key={keyOf(item)}
          aria-setsize={items.length}
          aria-posinset={first + offset + 1}
          class={Math.min(at.value, items.length - 1) === first + offset ? "row at" : "row"}
          style={{
            height: `${rowHeight}px`,
            transform: `translateY(${(first + offset) * rowHeight}px)`,
          }}
        >
          {render(item, first + offset)}
        </li>
      ))}
    </ul>
  );
}
