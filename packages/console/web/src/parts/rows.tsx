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
  /** The reader comes near the last one: there may be more to load. */
  readonly onEnd?: () => void;
  readonly rowHeight?: number;
  /** In a window that is too narrow for one line. */
  readonly narrowHeight?: number;
}

const BEYOND = 8;

/** A list of any length, of which only what is seen is on the page. j and k go along it, Enter opens. */
export function Rows<T>({
  items,
  label,
  keyOf,
  render,
  onOpen,
  onSelect,
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
  const current = useRef({ items, onOpen, onSelect });
  current.current = { items, onOpen, onSelect };

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
      const next = Math.min(current.current.items.length - 1, Math.max(0, at.peek() + by));
      at.value = next;
      const element = list.current;
      if (element === null || next < 0) return;
      const [from, to] = [next * rowHeight, (next + 1) * rowHeight];
      if (from < element.scrollTop) element.scrollTop = from;
      if (to > element.scrollTop + element.clientHeight)
        element.scrollTop = to - element.clientHeight;
    };
    const act = (what: ((item: T) => void) | undefined) => {
      const item = current.current.items[at.peek()];
      if (item !== undefined) what?.(item);
    };
    return [
      { key: "j", does: "next in the list", run: () => go(1) },
      { key: "k", does: "the one before", run: () => go(-1) },
      ...(onOpen === undefined
        ? []
        : [{ key: "o", does: "open it", run: () => act(current.current.onOpen) }]),
      ...(onSelect === undefined
        ? []
        : [{ key: "x", does: "select it", run: () => act(current.current.onSelect) }]),
    ];
  }, [at, rowHeight, onOpen === undefined, onSelect === undefined]);
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
        const item = items[at.value];
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
          class={at.value === first + offset ? "row at" : "row"}
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
