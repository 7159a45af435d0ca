import type { Clock, QueueOptions, QueueStats } from "@alienplatform/bindings";
import type { QueueLinks } from "./links.ts";

export interface CountedQueue {
  readonly links: QueueLinks;
  readonly options: QueueOptions;
  readonly clock: Clock;
}

/** Cloudflare counts what is not acknowledged, in one number: what waits, is delayed and is on loan is all "ready". */
export async function backlogStats({ links, options, clock }: CountedQueue): Promise<QueueStats> {
  const [{ count, oldestMs }, dead] = await Promise.all([
    links.queue.backlog(),
    // What dies into a declared queue is a message there.
    options.deadLetters === undefined ? links.dead.backlog() : { count: 0 },
  ]);
  return {
    ready: count,
    dead: dead.count,
    ...(oldestMs !== undefined && { oldestAgeMs: Math.max(0, clock.now() - oldestMs) }),
  };
}
