import type { JobStatus } from "@alienplatform/bindings";
import { Command } from "commander";
import type { Context } from "../../context.ts";
import { jobJson, printJobLine } from "../../print/job.ts";
import { LONGEST_PAGE, type NextPage, noteMore } from "../note-more.ts";
import { countOf } from "../option-value.ts";
import { type QueueOptions, queueOptions, withQueues } from "../with-queues.ts";
import { jobStatus } from "./job-status.ts";

interface LsOptions extends QueueOptions {
  readonly number: number;
  readonly after?: string;
  readonly status?: JobStatus;
}

/** `alien jobs ls`: the jobs of a queue, the newest first. */
export function lsCommand(context: Context): Command {
  return queueOptions(new Command("ls"))
    .description("list jobs, the newest first")
    .argument("<queue>", "whose jobs")
    .option(
      "--status <status>",
      "pending, running, succeeded, dead, failed or cancelled",
      jobStatus,
    )
    .option("-n, --number <count>", "how many, 1 to 500", countOf(LONGEST_PAGE), 10)
    .option("--after <id>", "go on after this job")
    .action((queue: string, options: LsOptions) =>
      withQueues(context, options, async (queues) => {
        const { data, note, colors, noteColors } = context.terminal;
        const { number: limit, after, status } = options;
        const which = status === undefined ? {} : { status };
        const { jobs: kept } = queues.operate(queue);
        const jobs = await kept.list({ limit, after, ...which });
        const now = await queues.now(queue);
        for (const job of jobs) {
          data(options.json ? jobJson(job) : printJobLine(job, now, colors));
        }
        const next = (page: NextPage) => kept.list({ ...page, ...which });
        await noteMore(context.terminal, { shown: jobs, limit, next });
        if (jobs.length === 0) note(noteColors.dim(`${queue} has no such jobs`));
      }),
    );
}
