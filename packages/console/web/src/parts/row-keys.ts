import { useSignal } from "@preact/signals";
import { useMemo, useRef } from "preact/hooks";
import { useKeys } from "../navigation/keys.ts";

/** j, k and o for a list that is on the page as a whole; answers which row is meant, -1 for none yet. */
export function useRowKeys(length: number, open: (index: number) => void): number {
  const at = useSignal(-1);
  const current = useRef({ length, open });
  current.current = { length, open };
  const keys = useMemo(() => {
    const go = (by: number) => {
      at.value = Math.min(current.current.length - 1, Math.max(0, at.peek() + by));
    };
    const enter = () => {
      if (at.peek() >= 0) current.current.open(at.peek());
    };
    return [
      { key: "j", does: "next in the list", repeats: true, run: () => go(1) },
      { key: "k", does: "the one before", repeats: true, run: () => go(-1) },
      { key: "o", does: "open it", run: enter },
    ];
  }, [at]);
  useKeys(keys);
  return at.value;
}
