import type { DeadLetterSelection } from "@alienplatform/bindings/operate";
import { Command } from "commander";
import type { Context } from "../../context.ts";
import { printCount } from "../../print/count.ts";
import { ProgressBar } from "../../progress-bar.ts";
import { countOf } from "../option-value.ts";
import { type QueueOptions, queueOptions, withQueues } from "../with-queues.ts";
import { chosenLetters, countDone } from "./act.ts";
import { type FilterOptions, filterOptions } from "./filters.ts";
import { totalOf } from "./total.ts";

interface RedriveOptions extends QueueOptions, FilterOptions {
  readonly all?: boolean;
  readonly to?: string;
  readonly rate?: number;
}

/** `alien dead redrive`: dead letters go back to their queue with a fresh attempt budget. */
export function redriveCommand(context: Context): Command {
  return queueOptions(filterOptions(new Command("redrive")))
    .description("send dead letters back to their queue, with a fresh attempt budget")
    .argument("<queue>", "the queue they came from")
    .argument("[id...]", "which ones")
    .option("--all", "all that are dead by now")
    .option("--to <queue>", "to another queue")
    .option("--rate <number>", "at most so many a second", countOf(1_000_000))
    .addHelpText(
      "after",
      `
Examples:
  $ alien dead ls tasks
  $ alien dead redrive tasks 01k2zt8q0c000001k5m8r2x7wd
  $ alien dead redrive tasks --error "smtp down" --rate 20
  $ alien dead redrive tasks --all --to tasks-by-hand`,
    )
    .action((queue: string, ids: readonly string[], options: RedriveOptions) =>
      withQueues(context, options, async (queues) => {
        const chosen = chosenLetters(ids, options);
        const operations = queues.operate(queue);
        const { dead } = operations;
        const { to, rate: perSecond } = options;
        // A queue that nobody declares is found here, and not by the first letter that goes there.
        if (to !== undefined) queues.operate(to);
        const { data } = context.terminal;
        const redriveAll = async (filter: DeadLetterSelection) => {
          const total = await totalOf(context, operations, options);
          const bar = new ProgressBar(context.terminal, `redriving ${queue}`, total);
          const { at: onProgress } = bar;
          return dead.redriveAll({ filter, to, perSecond, onProgress }).finally(() => bar.end());
        };
        const redriven =
          "ids" in chosen
            ? countDone(chosen.ids, await dead.redrive(chosen.ids, { to }))
            : await redriveAll(chosen.filter);
        data(
          options.json
            ? JSON.stringify({ version: 1, queue, to: to ?? queue, redriven })
            : `redrove ${printCount(redriven, "dead letter")} to ${to ?? queue}`,
        );
      }),
    );
}
