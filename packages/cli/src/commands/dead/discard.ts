import { Command } from "commander";
import type { Context } from "../../context.ts";
import { printCount } from "../../print/count.ts";
import { confirm } from "../confirm.ts";
import { type QueueOptions, queueOptions, withQueues } from "../with-queues.ts";
import { actOnLetters } from "./act.ts";

interface DiscardOptions extends QueueOptions {
  readonly all?: boolean;
  readonly yes?: boolean;
}

/** `alien dead discard`: dead letters go for ever. */
export function discardCommand(context: Context): Command {
  return queueOptions(new Command("discard"))
    .description("remove dead letters for ever")
    .argument("<queue>", "the queue they came from")
    .argument("[id...]", "which ones")
    .option("--all", "all of them; asks first")
    .option("-y, --yes", "do not ask")
    .action((queue: string, ids: readonly string[], options: DiscardOptions) =>
      withQueues(context, options, async (queues) => {
        const operator = queues.operator(queue);
        if (options.all && !options.yes) {
          const { dead } = await operator.stats();
          await confirm(
            context.terminal,
            `discard ${printCount(dead, "dead letter")} of ${queue} for ever`,
            queue,
          );
        }
        const discarded = await actOnLetters(operator, ids, options.all === true, (chunk) =>
          operator.discard(chunk),
        );
        const { data } = context.terminal;
        data(
          options.json
            ? JSON.stringify({ version: 1, queue, discarded })
            : `discarded ${printCount(discarded, "dead letter")} of ${queue}`,
        );
      }),
    );
}
