import { batch } from "@preact/signals";

/** At most so often is anything drawn anew for what the server tells: a reader sees no more. */
const FRAME_MS = 250;

const waiting = new Map<string, () => void>();
let last = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Runs the newest work of each name, all together, at most four times a second. */
export function onNextFrame(name: string, work: () => void): void {
  waiting.set(name, work);
  if (timer !== undefined) return;
  timer = setTimeout(run, Math.max(0, last + FRAME_MS - performance.now()));
}

function run(): void {
  timer = undefined;
  last = performance.now();
  const works = [...waiting.values()];
  waiting.clear();
  batch(() => {
    for (const work of works) work();
  });
}
