import { Command } from "commander";
import type { Context } from "../../context.ts";
import { printCount } from "../../print/count.ts";
import { confirm } from "../confirm.ts";
import { type QueueOptions, queueOptions, withQueues } from "../with-queues.ts";

interface PurgeOptions extends QueueOptions {
  readonly yes?: boolean;
}

/** `alien queue purge`: removes what waits; dead letters stay. */
export function purgeCommand(context: Context): Command {
  return queueOptions(new Command("purge"))
    .description("remove every waiting message for ever; dead letters stay")
    .argument("<queue>", "the queue's id")
    .option("-y, --yes", "do not ask")
    .action((queue: string, options: PurgeOptions) =>
      withQueues(context, options, async (queues) => {
        const operator = queues.operator(queue);
        const { ready, delayed } = await operator.stats();
        const what = `remove ${printCount(ready + delayed, "message")} of ${queue} for ever`;
        if (!options.yes) await confirm(context.terminal, what, queue);
        const purged = await operator.purge();
        const { data } = context.terminal;
        data(
          options.json
            ? JSON.stringify({ version: 1, queue, purged })
            : `purged ${printCount(purged, "message")} from ${queue}`,
        );
      }),
    );
}
