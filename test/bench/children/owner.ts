import type { Durability } from "../line.ts";
import { openOurs, QUEUE } from "../ours.ts";
import { fill } from "../steady.ts";

/** What the process is to do, in this order; its only argument, as JSON. */
export interface OwnerTask {
  readonly directory: string;
  readonly durability: Durability;
  readonly send: number;
  readonly receive: number;
}

/** What it found. */
export interface OwnerReport {
  /** Opening the store and receiving the first messages, milliseconds. */
  readonly openMs: number;
  readonly rssBytes: number;
}

// Whoever started us gave exactly this.
const task = JSON.parse(process.argv[2] ?? "") as OwnerTask;
const started = performance.now();
const ours = await openOurs(task.directory, task.durability);
await fill(ours, task.send);
const messages = await ours.client.receive(QUEUE, task.receive);
const openMs = performance.now() - started;
await ours.client.ack(messages);
const report: OwnerReport = { openMs, rssBytes: process.memoryUsage.rss() };
process.send?.(report);
// It stays the owner for as long as whoever measures lives, and no longer.
process.channel?.ref();
process.on("disconnect", () => process.exit());
