import { Command } from "commander";
import type { Context } from "../../context.ts";
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
        const what = `remove ${ready + delayed} messages of ${queue} for ever`;
        if (!options.yes) await confirm(context.terminal, what, queue);
        const purged = await operator.purge();
        const { data } = context.terminal;
        data(
          options.json
            ? JSON.stringify({ version: 1, queue, purged })
            : `purged ${purged} ${purged === 1 ? "message" : "messages"} from ${queue}`,
        );
      }),
    );
}
