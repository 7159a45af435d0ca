import { Command } from "commander";
import type { Context } from "../../context.ts";
import { printWholeLetter } from "../../print/dead-letter.ts";
import { messageJson } from "../../print/message.ts";
import { type QueueOptions, queueOptions, withQueues } from "../with-queues.ts";
import { unknownLetters } from "./act.ts";

/** `alien dead show`: all there is to know of one dead letter. */
export function showCommand(context: Context): Command {
  return queueOptions(new Command("show"))
    .description("show one dead letter whole, with its attempts")
    .argument("<queue>", "the queue it came from")
    .argument("<id>", "which one")
    .action((queue: string, id: string, options: QueueOptions) =>
      withQueues(context, options, async (queues) => {
        const { data, colors } = context.terminal;
        const letter = await queues.operate(queue).dead.get(id);
        if (letter === undefined) throw unknownLetters([id]);
        data(
          options.json
            ? messageJson(letter)
            : printWholeLetter(letter, await queues.now(queue), colors),
        );
      }),
    );
}
