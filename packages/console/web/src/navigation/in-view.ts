import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";

/** Of a strip of links that is too narrow for all: brings the current one into view when `at` changes. */
export function useCurrentInView(at: string): RefObject<HTMLElement | null> {
  const shown = useRef<HTMLElement>(null);
  useEffect(() => {
    const element = shown.current;
    const current = element?.querySelector<HTMLElement>('[aria-current="page"]');
    if (element === null || current == null) return;
    const [strip, link] = [element.getBoundingClientRect(), current.getBoundingClientRect()];
    if (link.left >= strip.left && link.right <= strip.right) return;
    element.scrollLeft += link.left - strip.left - (strip.width - link.width) / 2;
  }, [at]);
  return shown;
}
