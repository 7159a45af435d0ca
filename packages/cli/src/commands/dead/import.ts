import { Command } from "commander";
import type { Context } from "../../context.ts";
import { printCount } from "../../print/count.ts";
import { visibleLine } from "../../print/visible.ts";
import { ProgressBar } from "../../progress-bar.ts";
import { readFileOrInput } from "../../read-file.ts";
import { type QueueOptions, queueOptions, withQueues } from "../with-queues.ts";

/** `alien dead import`: takes in what export wrote. */
export function importCommand(context: Context): Command {
  return queueOptions(new Command("import"))
    .description("take in dead letters that were exported; one that is there is not taken twice")
    .argument("<queue>", "the queue they are to belong to")
    .argument("[file]", 'NDJSON; stdin without it, or for "-"')
    .action((queue: string, file: string | undefined, options: QueueOptions) =>
      withQueues(context, options, async (queues) => {
        const { data, note } = context.terminal;
        const bar = new ProgressBar(context.terminal, `importing to ${queue}`);
        const report = await queues
          .operate(queue)
          .dead.import(readFileOrInput(context, file), { onProgress: bar.at })
          .finally(() => bar.end());
        const { imported, known, refused } = report;
        if (options.json) data(JSON.stringify({ version: 1, queue, ...report }));
        else {
          for (const { line, reason } of refused) note(`line ${line}: ${visibleLine(reason, 200)}`);
          const there = known === 0 ? "" : `, ${known} were there already`;
          const bad = refused.length === 0 ? "" : `, ${printCount(refused.length, "line")} refused`;
          data(`imported ${printCount(imported, "dead letter")} to ${queue}${there}${bad}`);
        }
        if (refused.length > 0) context.exit(1);
      }),
    );
}
