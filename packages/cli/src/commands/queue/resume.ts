import { Command } from "commander";
import type { Context } from "../../context.ts";
import { type QueueOptions, queueOptions, withQueues } from "../with-queues.ts";

/** `alien queue resume`: handlers are called again. */
export function resumeCommand(context: Context): Command {
  return queueOptions(new Command("resume"))
    .description("call handlers again")
    .argument("<queue>", "the queue's id")
    .action((queue: string, options: QueueOptions) =>
      withQueues(context, options, async (queues) => {
        const operations = queues.operate(queue);
        const before = await operations.paused();
        await operations.resume();
        const resumed = before !== undefined;
        const { data } = context.terminal;
        if (options.json) data(JSON.stringify({ version: 1, queue, resumed }));
        else data(resumed ? `resumed ${queue}` : `${queue} was not paused`);
      }),
    );
}
