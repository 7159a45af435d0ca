import { signal } from "@preact/signals";
import type { Clock } from "./model.ts";
import { Problem } from "./problem.ts";
import { request } from "./request.ts";

/** The queues' time, milliseconds since the epoch, each second anew: it may be ahead of this machine's. */
export const now = signal(Date.now());

/** How far the queues' clock is ahead of the system's, milliseconds. */
export const aheadMs = signal(0);

/** Whether the queues' clock can be advanced; undefined until the server has been asked. */
export const advanceable = signal<boolean | undefined>(undefined);

setInterval(() => {
  if (!document.hidden) now.value = Date.now() + aheadMs.peek();
}, 1_000);

/** Asks how far ahead the clock is. */
export async function loadClock(): Promise<void> {
  try {
    const clock = await request<Clock>("GET", "/clock");
    advanceable.value = true;
    // To the second: what the answer took is not the clock's.
    aheadMs.value = Math.round((Date.parse(clock.now) - Date.now()) / 1_000) * 1_000;
  } catch (error) {
    // A server without a clock to advance says that it has none; one that is gone says nothing.
    if (error instanceof Problem && error.status > 0) advanceable.value = false;
  }
  now.value = Date.now() + aheadMs.peek();
}
