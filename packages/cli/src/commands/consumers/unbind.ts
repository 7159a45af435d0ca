import { AlienError } from "@alienplatform/core";
import { Command } from "commander";
import type { Context } from "../../context.ts";
import { confirm } from "../confirm.ts";
import { type QueueOptions, queueOptions, withQueues } from "../with-queues.ts";

interface UnbindOptions extends QueueOptions {
  readonly confirm?: string;
  readonly yes?: boolean;
}

/** `alien consumers unbind`: back to the consumer that alien.ts declares. */
export function unbindCommand(context: Context, name: "unbind" | "unset"): Command {
  return queueOptions(new Command(name))
    .description("back to the function that alien.ts declares; a pause stays")
    .argument("<queue>", "the queue's id")
    .option("--confirm <queue>", "the queue's id once more, instead of being asked")
    .option("-y, --yes", "do not ask")
    .action((queue: string, options: UnbindOptions) =>
      withQueues(context, options, async (queues) => {
        const operations = queues.operate(queue);
        const declared = queues.consumerOf(queue);
        if (!options.yes) await confirmed(context, queue, declared, options.confirm);
        await operations.unbind();
        const { data } = context.terminal;
        if (options.json) data(JSON.stringify({ version: 1, queue, function: declared }));
        else data(`${queue} -> ${declared ?? "no function"} (as alien.ts says)`);
      }),
    );
}

async function confirmed(
  context: Context,
  queue: string,
  declared: string | undefined,
  given: string | undefined,
): Promise<void> {
  const what = `give ${queue} back to ${declared ?? "no function"}`;
  if (given === queue) return;
  if (given === undefined && context.terminal.ask !== undefined) {
    return confirm(context.terminal, what, queue);
  }
  throw new AlienError("CONFIRMATION_REQUIRED", `this would ${what}; nothing was done`, {
    fix: `Add --confirm ${queue} or --yes if that is what you want.`,
  });
}
