import type { Duration } from "@alienplatform/core";
import { Command } from "commander";
import type { Context } from "../../context.ts";
import { exitCodeOfSignal } from "../../exit-code.ts";
import { printReceived } from "../../print/message.ts";
import { countOf, duration } from "../option-value.ts";
import { type QueueOptions, queueOptions, withQueues } from "../with-queues.ts";

interface ReceiveOptions extends QueueOptions {
  readonly number: number;
  readonly wait?: Duration;
  readonly lease?: Duration;
  readonly ack?: boolean;
}

/** `alien queue receive`: takes messages on loan, or for good with --ack. */
export function receiveCommand(context: Context): Command {
  return queueOptions(new Command("receive"))
    .description("take messages; they come back when the lease ends, unless acknowledged")
    .argument("<queue>", "the queue's id")
    .option("-n, --number <count>", "at most how many, 1 to 100", countOf(100), 1)
    .option("--wait <duration>", 'how long to wait for the first one, as "5s"', duration)
    .option(
      "--lease <duration>",
      'how long they are yours, as "1m"; default is the queue\'s',
      duration,
    )
    .option("--ack", "acknowledge them as soon as they are printed")
    .addHelpText(
      "after",
      `
Examples:
  $ alien queue receive tasks -n 10 --wait 5s --lease 1m
  $ alien queue receive tasks --ack --json | jq .payload`,
    )
    .action((queue: string, options: ReceiveOptions) =>
      withQueues(context, options, async (queues) => {
        const { data, note, colors, noteColors } = context.terminal;
        const interrupt = new AbortController();
        context.onSignal((signal) => {
          context.exit(exitCodeOfSignal(signal));
          interrupt.abort();
        });
        const client = await queues.client(queue);
        if (options.wait !== undefined) {
          note(noteColors.dim(`waiting up to ${options.wait} for ${queue}`));
        }
        const messages = await client.receive(queue, options.number, {
          ...(options.wait === undefined ? {} : { wait: options.wait }),
          ...(options.lease === undefined ? {} : { lease: options.lease }),
          signal: interrupt.signal,
        });
        const now = await queues.now(queue);
        for (const message of messages) {
          const { receiptHandle, ...content } = message;
          const shown = options.ack ? content : { ...content, receiptHandle };
          data(
            options.json
              ? JSON.stringify({ version: 1, ...shown })
              : printReceived(shown, now, colors),
          );
        }
        if (options.ack) {
          // What could not be acknowledged comes back: that must not look like success.
          for (const result of await client.ack(messages)) if (!result.ok) throw result.error;
        }
        if (messages.length === 0) note(noteColors.dim(`no message is ready in ${queue}`));
      }),
    );
}
