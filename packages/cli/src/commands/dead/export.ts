import { Command } from "commander";
import type { Context } from "../../context.ts";
import { printCount } from "../../print/count.ts";
import { ProgressBar } from "../../progress-bar.ts";
import { writeLines } from "../../write-lines.ts";
import { type QueueOptions, queueOptions, withQueues } from "../with-queues.ts";
import { type FilterOptions, filterOptions, selectionOf } from "./filters.ts";
import { totalOf } from "./total.ts";

interface ExportOptions extends QueueOptions, FilterOptions {}

/** `alien dead export`: dead letters as lines of JSON, with everything that belongs to them. */
export function exportCommand(context: Context): Command {
  return queueOptions(filterOptions(new Command("export")))
    .description("write dead letters as NDJSON; none is taken away")
    .argument("<queue>", "the queue they came from")
    .argument("[file]", 'replaced once all is written; stdout without it, or for "-"')
    .action((queue: string, file: string | undefined, options: ExportOptions) =>
      withQueues(context, options, async (queues) => {
        const operations = queues.operate(queue);
        const { dead } = operations;
        const bar = new ProgressBar(
          context.terminal,
          `exporting ${queue}`,
          file === undefined ? undefined : await totalOf(context, operations, options),
        );
        let exported = 0;
        const lines = async function* () {
          for await (const line of dead.export({ filter: selectionOf(options) })) {
            exported += 1;
            bar.at(exported);
            yield line;
          }
        };
        try {
          await writeLines(context, file, lines());
        } finally {
          bar.end();
        }
        const { note, noteColors } = context.terminal;
        note(noteColors.dim(`exported ${printCount(exported, "dead letter")} of ${queue}`));
      }),
    );
}
