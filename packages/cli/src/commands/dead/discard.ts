import type { DeadLetterSelection } from "@alienplatform/bindings/operate";
import { Command } from "commander";
import type { Context } from "../../context.ts";
import { countsOf } from "../../counts.ts";
import { printCount } from "../../print/count.ts";
import { ProgressBar } from "../../progress-bar.ts";
import { confirm } from "../confirm.ts";
import { type QueueOptions, queueOptions, withQueues } from "../with-queues.ts";
import { chosenLetters, countDone } from "./act.ts";
import { type FilterOptions, filterOptions } from "./filters.ts";
import { totalOf } from "./total.ts";

interface DiscardOptions extends QueueOptions, FilterOptions {
  readonly all?: boolean;
  readonly yes?: boolean;
}

/** `alien dead discard`: dead letters go for ever. */
export function discardCommand(context: Context): Command {
  return queueOptions(filterOptions(new Command("discard")))
    .description("remove dead letters for ever")
    .argument("<queue>", "the queue they came from")
    .argument("[id...]", "which ones")
    .option("--all", "all that are dead by now; asks first, as filters do")
    .option("-y, --yes", "do not ask")
    .action((queue: string, ids: readonly string[], options: DiscardOptions) =>
      withQueues(context, options, async (queues) => {
        const chosen = chosenLetters(ids, options);
        const operations = queues.operate(queue);
        if (!("ids" in chosen) && !options.yes) {
          const counts = await countsOf(operations);
          const which = chosen.all ? "" : "those that match of ";
          const many =
            counts === undefined ? "all dead letters" : printCount(counts.dead, "dead letter");
          const what = `discard ${which}${many} of ${queue} for ever`;
          await confirm(context.terminal, what, queue);
        }
        const { dead } = operations;
        const discardAll = async (filter: DeadLetterSelection) => {
          const total = await totalOf(context, operations, options);
          const bar = new ProgressBar(context.terminal, `discarding of ${queue}`, total);
          return dead.discardAll({ filter, onProgress: bar.at }).finally(() => bar.end());
        };
        const discarded =
          "ids" in chosen
            ? countDone(chosen.ids, await dead.discard(chosen.ids))
            : await discardAll(chosen.filter);
        const { data } = context.terminal;
        data(
          options.json
            ? JSON.stringify({ version: 1, queue, discarded })
            : `discarded ${printCount(discarded, "dead letter")} of ${queue}`,
        );
      }),
    );
}
