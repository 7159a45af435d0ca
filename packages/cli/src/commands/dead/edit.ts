import { text as readAll } from "node:stream/consumers";
import { Command } from "commander";
import type { Context } from "../../context.ts";
import { type QueueOptions, queueOptions, withQueues } from "../with-queues.ts";

interface EditOptions extends QueueOptions {
  readonly text?: boolean;
}

/** `alien dead edit`: another payload for one dead letter. */
export function editCommand(context: Context): Command {
  return queueOptions(new Command("edit"))
    .description("give one dead letter another payload; nothing else of it changes")
    .argument("<queue>", "the queue it came from")
    .argument("<id>", "which one")
    .argument("<payload>", 'JSON, or text with --text; "-" reads it from stdin')
    .option("--text", "the payload is text, as it is")
    .addHelpText(
      "after",
      `
The queue's schema is checked when the message is handled again.

Examples:
  $ alien dead edit tasks 01k2zt8q0c000001k5m8r2x7wd '{"imageId":"123"}'
  $ alien dead show tasks 01k2zt8q0c000001k5m8r2x7wd --json | jq .payload > payload.json
  $ alien dead edit tasks 01k2zt8q0c000001k5m8r2x7wd - < payload.json`,
    )
    .action(async (queue: string, id: string, argument: string, options: EditOptions) => {
      const content = argument === "-" ? await readAll(process.stdin) : argument;
      await withQueues(context, options, async (queues) => {
        const { dead } = queues.operate(queue);
        if (options.text) await dead.edit(id, content);
        else await dead.editJson(id, content.trim());
        const { data } = context.terminal;
        data(options.json ? JSON.stringify({ version: 1, queue, id }) : `edited ${id}`);
      });
    });
}
