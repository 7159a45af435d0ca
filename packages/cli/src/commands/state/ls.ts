import { Command } from "commander";
import type { Context } from "../../context.ts";
import { type StageOptions, stageOptions } from "../../deployment/stage-options.ts";
import { printTable } from "../../print/table.ts";
import { visible } from "../../print/visible.ts";
import { withStage } from "../with-stage.ts";

/** `alien state ls`: what the state knows, by the vendor's ids. */
export function lsCommand(context: Context): Command {
  return stageOptions(new Command("ls"))
    .description("list the parts that the state knows, with the vendor's ids")
    .action((options: StageOptions) =>
      withStage(context, options, async (stage) => {
        const { parts } = stage.state;
        const listed = Object.entries(parts).flatMap(([part, { former = [], ...own }]) =>
          [own, ...former].map(({ type, status, remote }) => ({
            part,
            type,
            status,
            ...(remote && { id: remote.id }),
          })),
        );
        const { data, colors } = context.terminal;
        if (options.json) data(JSON.stringify({ version: 1, parts: listed }));
        else {
          const rows = listed.map(({ part, type, status, id = "-" }) => [
            part,
            type,
            status,
            visible(id),
          ]);
          data(printTable(["part", "type", "status", "id"], rows, colors));
        }
      }),
    );
}
