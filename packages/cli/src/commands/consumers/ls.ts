import { Command } from "commander";
import { bindingOf } from "../../binding-of.ts";
import type { Context } from "../../context.ts";
import { printTable } from "../../print/table.ts";
import { visibleLine } from "../../print/visible.ts";
import { type QueueOptions, queueOptions, withQueues } from "../with-queues.ts";

/** `alien consumers ls`: the consumer of every queue, whoever chose it. */
export function lsCommand(context: Context): Command {
  return queueOptions(new Command("ls"))
    .description("list which function consumes which queue")
    .action((options: QueueOptions) =>
      withQueues(context, options, async (queues) => {
        const bound = await Promise.all(queues.ids().map((queue) => bindingOf(queues, queue)));
        const bindings = bound.map(({ binding }) => binding);
        const { data, colors } = context.terminal;
        if (options.json) {
          data(JSON.stringify({ version: 1, bindings }));
          return;
        }
        const rows = bindings.map(({ queue, function: id, status, reason, declared }) => [
          queue,
          id ?? "-",
          reason === undefined ? status : `${status}: ${visibleLine(reason, 60)}`,
          id === undefined
            ? "-"
            : id === declared
              ? "alien.ts"
              : `bound; alien.ts says ${declared ?? "none"}`,
        ]);
        data(printTable(["queue", "function", "status", "by"], rows, colors));
      }),
    );
}
