import { Command } from "commander";
import type { Context } from "../../context.ts";
import { countsOf } from "../../counts.ts";
import { printStats } from "../../print/stats.ts";
import { type QueueOptions, queueOptions, withQueues } from "../with-queues.ts";

/** `alien queue ls`: every declared queue with its numbers. */
export function lsCommand(context: Context): Command {
  return queueOptions(new Command("ls"))
    .description("list the queues and how many messages they hold")
    .action((options: QueueOptions) =>
      withQueues(context, options, async (queues) => {
        const stats = await Promise.all(
          queues
            .ids()
            .map(async (queue) => ({ queue, ...(await countsOf(queues.operate(queue))) })),
        );
        const now = (await queues.clock?.read())?.now ?? Date.now();
        const { data, colors } = context.terminal;
        data(
          options.json
            ? JSON.stringify({ version: 1, queues: stats })
            : printStats(stats, colors, now),
        );
      }),
    );
}
