import { readFileSync } from "node:fs";
import type { QueueClient, SendOptions } from "@alienplatform/bindings";
import { lanes, perSecond } from "./measure.ts";
import { type Ours, QUEUE } from "./ours.ts";
import { payload } from "./payload.ts";

/** Receives ten at a time and acknowledges them, with so many consumers, until `count` were taken; answers messages per second. */
export async function drain(
  client: QueueClient,
  consumers: number,
  count: number,
): Promise<number> {
  let taken = 0;
  const started = performance.now();
  const consume = async (): Promise<void> => {
    while (taken < count) {
      const messages = await client.receive(QUEUE, 10);
      if (messages.length === 0) return;
      taken += messages.length;
      await client.ack(messages);
    }
  };
  await Promise.all(Array.from({ length: consumers }, consume));
  if (taken < count) throw new Error(`only ${taken} of ${count} messages came back`);
  return perSecond(taken, started);
}

export interface Lives {
  /** Messages sent, received and acknowledged per second. */
  readonly rate: number;
  /** What the process gave to write(), per message. */
  readonly bytes: number;
}

/** Sends and drains at once, the backlog staying what it is. */
export async function lives(ours: Ours, count: number): Promise<Lives> {
  const before = writtenBytes();
  const started = performance.now();
  await Promise.all([
    lanes(100, count, (index) => ours.send(payload(index))),
    drain(ours.client, 10, count),
  ]);
  return { rate: perSecond(count, started), bytes: (writtenBytes() - before) / count };
}

/** Sends so many in large batches; not measured. */
export async function fill(
  { client }: Ours,
  count: number,
  options?: (index: number) => SendOptions,
): Promise<void> {
  await lanes(2000, count, (index) => client.send(QUEUE, payload(index), options?.(index)));
}

function writtenBytes(): number {
  const [, bytes] = /^wchar: (\d+)$/m.exec(readFileSync("/proc/self/io", "utf8")) ?? [];
  if (bytes === undefined) throw new Error("/proc/self/io does not say what was written");
  return Number(bytes);
}
