import { Command } from "commander";
import type { Context } from "../../context.ts";
import { type QueueOptions, queueOptions, withQueues } from "../with-queues.ts";

interface BindCommandOptions extends QueueOptions {
  readonly paused?: boolean;
}

/** `alien consumers bind`: another function consumes the queue from now on. */
export function bindCommand(context: Context, name: "bind" | "set"): Command {
  return queueOptions(new Command(name))
    .description(
      "let another function or endpoint of alien.ts consume a queue; dev follows at once",
    )
    .argument("<queue>", "the queue's id")
    .argument("<function>", "the function's or the endpoint's id")
    .option("--paused", "paused, until the queue is resumed; else active")
    .action((queue: string, id: string, options: BindCommandOptions) =>
      withQueues(context, options, async (queues) => {
        const operations = queues.operate(queue);
        queues.assertConsumer(id, queue);
        const status = options.paused ? "paused" : "active";
        await operations.bind(id, { status });
        const { data, note, noteColors } = context.terminal;
        data(
          options.json
            ? JSON.stringify({ version: 1, queue, function: id, status })
            : `${queue} -> ${id} (${status})`,
        );
        // Only its code knows, which dev loads.
        if (id === queues.consumerOf(queue)) return;
        const wait = `messages of ${queue} wait where ${id} has no handler for them`;
        note(noteColors.dim(`${wait}; alien dev says so when it starts it`));
      }),
    );
}
