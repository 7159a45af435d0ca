import { Command } from "commander";
import type { Context } from "../../context.ts";
import { countsOf } from "../../counts.ts";
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
        const operations = queues.operate(queue);
        if (!options.yes) {
          const counts = await countsOf(operations);
          const many =
            counts === undefined
              ? "every message"
              : printCount(counts.ready + (counts.delayed ?? 0), "message");
          await confirm(context.terminal, `remove ${many} of ${queue} for ever`, queue);
        }
        const purged = await operations.purge();
        const { data } = context.terminal;
        data(
          options.json
            ? JSON.stringify({ version: 1, queue, purged })
            : `purged ${printCount(purged, "message")} from ${queue}`,
        );
      }),
    );
}
