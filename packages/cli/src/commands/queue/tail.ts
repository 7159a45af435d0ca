import { setTimeout as delay } from "node:timers/promises";
import type { QueueInspector, QueueOperations } from "@alienplatform/bindings/operate";
import { type Duration, parseDuration } from "@alienplatform/core";
import { Command } from "commander";
import type { Context } from "../../context.ts";
import { statsOf } from "../../counts.ts";
import { exitCodeOfSignal } from "../../exit-code.ts";
import { printActivity, printSkipped, printTailStats } from "../../print/activity.ts";
import { countOf, duration } from "../option-value.ts";
import { type QueueOptions, queueOptions, withQueues } from "../with-queues.ts";

interface TailOptions extends QueueOptions {
  readonly number?: number;
  readonly interval: Duration;
}

/** Where the lines go, and when there have been enough. */
interface Tail {
  readonly queue: string;
  readonly signal: AbortSignal;
  /** False once the last line that was asked for is written. */
  readonly write: (text: string) => boolean;
  readonly context: Context;
  readonly options: TailOptions;
}

/** `alien queue tail`: what happens in a queue, as it happens. */
export function tailCommand(context: Context): Command {
  return queueOptions(new Command("tail"))
    .description("follow what happens in a queue, until it is stopped")
    .argument("<queue>", "the queue's id")
    .option("-n, --number <count>", "end after so many lines", countOf(1_000_000))
    .option(
      "--interval <duration>",
      "how often to count, where counts are all there is",
      duration,
      "1s",
    )
    .action((queue: string, options: TailOptions) =>
      withQueues(context, options, async (queues) => {
        const stop = new AbortController();
        context.onSignal((signal) => {
          context.exit(exitCodeOfSignal(signal));
          stop.abort();
        });
        const { data, note, noteColors } = context.terminal;
        const operations = queues.operate(queue);
        let left = options.number ?? Number.POSITIVE_INFINITY;
        const write = (text: string) => {
          data(text);
          left -= 1;
          return left > 0;
        };
        const tail: Tail = { queue, signal: stop.signal, write, context, options };
        const inspector = await operations.inspector();
        const { service } = (await queues.describe(queue)).capabilities;
        const what =
          inspector === undefined
            ? `${service} does not tell what happens to each message: these are counts, every ${options.interval}`
            : `following ${queue}; Ctrl-C ends it`;
        note(noteColors.dim(what));
        // Waiting for an event keeps no process alive.
        const alive = setInterval(() => undefined, 60_000);
        try {
          if (inspector === undefined) await tailCounts(operations, tail);
          else await tailActivity(inspector, tail);
        } finally {
          clearInterval(alive);
        }
      }),
    );
}

async function tailActivity(inspector: QueueInspector, tail: Tail): Promise<void> {
  const { queue, signal, write, context, options } = tail;
  const { colors } = context.terminal;
  const json = options.json === true;
  for (let after: string | undefined; ; ) {
    const { cursor, events, skipped } = await inspector.activity(after, signal);
    after = cursor;
    const lines = events.map((event) =>
      json ? JSON.stringify({ version: 1, queue, ...event }) : printActivity(event, colors),
    );
    if (skipped > 0) {
      const gap = { version: 1, queue, type: "skipped", count: skipped };
      lines.unshift(json ? JSON.stringify(gap) : printSkipped(skipped, colors));
    }
    for (const line of lines) if (!write(line)) return;
  }
}

/** A line at first, and then where a count has changed. */
async function tailCounts(operations: QueueOperations, tail: Tail): Promise<void> {
  const { queue, signal, write, context, options } = tail;
  const { colors } = context.terminal;
  for (let before = ""; !signal.aborted; ) {
    const { ready, delayed, inFlight, dead } = await statsOf(operations);
    const counts = { ready, delayed, inFlight, dead };
    const now = JSON.stringify(counts);
    if (now !== before) {
      const event = { version: 1, queue, type: "counts", at: Date.now(), ...counts };
      if (!write(options.json ? JSON.stringify(event) : printTailStats(event, colors))) return;
    }
    before = now;
    // Stopped while it waits: there is nothing to say.
    await delay(parseDuration(options.interval), undefined, { signal }).catch(() => undefined);
  }
}
