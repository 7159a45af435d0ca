import { Command } from "commander";
import { bindingOf } from "../../binding-of.ts";
import type { Context } from "../../context.ts";
import { countsOf } from "../../counts.ts";
import { printQueueInfo } from "../../print/queue-info.ts";
import { type QueueOptions, queueOptions, withQueues } from "../with-queues.ts";

/** `alien queue info`: what alien.ts says of a queue, who consumes it, and what can be done where it is. */
export function infoCommand(context: Context): Command {
  return queueOptions(new Command("info"))
    .description("show how a queue is declared, who consumes it, and what its platform can do")
    .argument("<queue>", "the queue's id")
    .action((queue: string, options: QueueOptions) =>
      withQueues(context, options, async (queues) => {
        const { declared, platform, capabilities, schema } = await queues.describe(queue);
        const operations = queues.operate(queue);
        const [{ binding, pause }, stats, inspector] = await Promise.all([
          bindingOf(queues, queue),
          countsOf(operations),
          operations.inspector(),
        ]);
        const consumers = await inspector?.consumers();
        const { queue: _, ...consumer } = binding;
        const info = {
          queue,
          platform,
          ...(options.stage === undefined ? {} : { stage: options.stage }),
          declared,
          ...(schema === undefined ? {} : { schema }),
          consumer,
          ...(pause === undefined ? {} : { paused: pause }),
          ...(stats === undefined ? {} : { stats }),
          ...(consumers === undefined ? {} : { consumers }),
          capabilities,
        };
        const { data, colors } = context.terminal;
        data(
          options.json
            ? JSON.stringify({ version: 1, ...info })
            : printQueueInfo(info, await queues.now(queue), colors),
        );
      }),
    );
}
