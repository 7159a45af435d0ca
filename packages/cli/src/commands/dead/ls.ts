import { Command } from "commander";
import type { Context } from "../../context.ts";
import { countsOf } from "../../counts.ts";
import { messageJson, printDeadLetter } from "../../print/message.ts";
import { LONGEST_PAGE, noteMore } from "../note-more.ts";
import { countOf } from "../option-value.ts";
import { type QueueOptions, queueOptions, withQueues } from "../with-queues.ts";
import { type FilterOptions, filterOptions, isFiltered, selectionOf } from "./filters.ts";

interface LsOptions extends QueueOptions, FilterOptions {
  readonly number: number;
  readonly after?: string;
}

/** `alien dead ls`: the dead letters of a queue, with their reasons. */
export function lsCommand(context: Context): Command {
  return queueOptions(filterOptions(new Command("ls")))
    .description("list dead letters, oldest first, with the reason of each")
    .argument("<queue>", "the queue they came from")
    .option("-n, --number <count>", "how many, 1 to 500", countOf(LONGEST_PAGE), 10)
    .option("--after <id>", "go on after this dead letter")
    .action((queue: string, options: LsOptions) =>
      withQueues(context, options, async (queues) => {
        const { data, note, colors, noteColors } = context.terminal;
        const { number: limit, after } = options;
        const filter = selectionOf(options);
        const operations = queues.operate(queue);
        const letters = await operations.dead.list({ filter, limit, after });
        const now = await queues.now(queue);
        for (const letter of letters) {
          data(
            options.json
              ? messageJson(letter)
              : printDeadLetter(letter, now, colors, context.directory),
          );
        }
        const all = after === undefined && !isFiltered(options);
        await noteMore(context.terminal, {
          shown: letters,
          limit,
          next: (page) => operations.dead.list({ filter, ...page }),
          total: async () => (all ? (await countsOf(operations))?.dead : undefined),
        });
        if (letters.length > 0) return;
        const which = isFiltered(options) ? " that match" : "";
        note(noteColors.dim(`${queue} has no dead letters${which}`));
      }),
    );
}
