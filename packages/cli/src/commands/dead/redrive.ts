import { Command } from "commander";
import type { Context } from "../../context.ts";
import { printCount } from "../../print/count.ts";
import { type QueueOptions, queueOptions, withQueues } from "../with-queues.ts";
import { actOnLetters } from "./act.ts";

interface RedriveOptions extends QueueOptions {
  readonly all?: boolean;
}

/** `alien dead redrive`: dead letters go back to their queue with a fresh attempt budget. */
export function redriveCommand(context: Context): Command {
  return queueOptions(new Command("redrive"))
    .description("send dead letters back to their queue, with a fresh attempt budget")
    .argument("<queue>", "the queue they came from")
    .argument("[id...]", "which ones")
    .option("--all", "all of them")
    .addHelpText(
      "after",
      `
Examples:
  $ alien dead ls tasks
  $ alien dead redrive tasks 01k2zt8q0c000001k5m8r2x7wd
  $ alien dead redrive tasks --all`,
    )
    .action((queue: string, ids: readonly string[], options: RedriveOptions) =>
      withQueues(context, options, async (queues) => {
        const operator = queues.operator(queue);
        const redriven = await actOnLetters(operator, ids, options.all === true, (chunk) =>
          operator.redrive(chunk),
        );
        const { data } = context.terminal;
        data(
          options.json
            ? JSON.stringify({ version: 1, queue, redriven })
            : `redrove ${printCount(redriven, "dead letter")} to ${queue}`,
        );
      }),
    );
}
