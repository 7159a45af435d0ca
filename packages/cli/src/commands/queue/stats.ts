import { Command } from "commander";
import type { Context } from "../../context.ts";
import { statsOf } from "../../counts.ts";
import { printStats } from "../../print/stats.ts";
import { type QueueOptions, queueOptions, withQueues } from "../with-queues.ts";

/** `alien queue stats`: the numbers of one queue. */
export function statsCommand(context: Context): Command {
  return queueOptions(new Command("stats"))
    .description("how many messages a queue holds, and how old the oldest is")
    .argument("<queue>", "the queue's id")
    .action((queue: string, options: QueueOptions) =>
      withQueues(context, options, async (queues) => {
        const stats = { queue, ...(await statsOf(queues.operate(queue))) };
        const { data, colors } = context.terminal;
        data(
          options.json
            ? JSON.stringify({ version: 1, ...stats })
            : printStats([stats], colors, await queues.now(queue)),
        );
      }),
    );
}
