import type { QueueStats } from "@alienplatform/bindings";
import { Command } from "commander";
import type { Context } from "../../context.ts";
import { countsOf } from "../../counts.ts";
import { messageJson, printPeeked } from "../../print/message.ts";
import { printPause } from "../../print/pause.ts";
import { LONGEST_PAGE, noteMore } from "../note-more.ts";
import { countOf } from "../option-value.ts";
import { type QueueOptions, queueOptions, withQueues } from "../with-queues.ts";

interface PeekOptions extends QueueOptions {
  readonly number: number;
  readonly after?: string;
}

/** `alien queue peek`: messages as they wait, without taking them. */
export function peekCommand(context: Context): Command {
  return queueOptions(new Command("peek"))
    .description("look at waiting messages without taking them, oldest first")
    .argument("<queue>", "the queue's id")
    .option("-n, --number <count>", "how many, 1 to 500", countOf(LONGEST_PAGE), 10)
    .option("--after <id>", "go on after this message")
    .action((queue: string, options: PeekOptions) =>
      withQueues(context, options, async (queues) => {
        const { data, note, colors, noteColors } = context.terminal;
        const { number: limit, after } = options;
        const operations = queues.operate(queue);
        const messages = await operations.peek({ limit, after });
        const now = await queues.now(queue);
        for (const message of messages) {
          data(options.json ? messageJson(message) : printPeeked(message, now, colors));
        }
        await noteMore(context.terminal, {
          shown: messages,
          limit,
          next: (page) => operations.peek(page),
          total: async () =>
            after === undefined ? waiting(await countsOf(operations)) : undefined,
        });
        const paused = options.json ? undefined : await operations.paused();
        if (paused !== undefined) {
          note(`${noteColors.yellow("paused")} ${queue}: ${printPause(paused, now)}`);
        }
        if (messages.length === 0) note(noteColors.dim(`no message waits in ${queue}`));
      }),
    );
}

/** What can be looked at, also what is on loan; some services count them as one. */
function waiting(counts: QueueStats | undefined): number | undefined {
  return counts && counts.ready + (counts.delayed ?? 0) + (counts.inFlight ?? 0);
}
