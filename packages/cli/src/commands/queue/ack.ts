import { Command } from "commander";
import type { Context } from "../../context.ts";
import { type QueueOptions, queueOptions, withQueues } from "../with-queues.ts";

/** `alien queue ack`: ends the loans that `receive` made. */
export function ackCommand(context: Context): Command {
  return queueOptions(new Command("ack"))
    .description("acknowledge received messages: they do not come back")
    .argument("<queue>", "the queue's id")
    .argument("<receipt...>", 'the receipts that "alien queue receive" printed')
    .action((queue: string, receipts: readonly string[], options: QueueOptions) =>
      withQueues(context, options, async (queues) => {
        const client = await queues.client(queue);
        await Promise.all(receipts.map((receipt) => client.ack(queue, receipt)));
        const { data } = context.terminal;
        const acked = receipts.length;
        data(options.json ? JSON.stringify({ version: 1, queue, acked }) : `acknowledged ${acked}`);
      }),
    );
}
