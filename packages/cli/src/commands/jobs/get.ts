import { Command } from "commander";
import type { Context } from "../../context.ts";
import { jobJson, printJob } from "../../print/job.ts";
import { type QueueOptions, queueOptions, withQueues } from "../with-queues.ts";
import { unknownJob } from "./unknown-job.ts";

/** `alien jobs get`: where a job stands, its attempts and its result. */
export function getCommand(context: Context): Command {
  return queueOptions(new Command("get"))
    .description("show one job: its status, its attempts, its result")
    .argument("<queue>", "the queue it was sent to")
    .argument("<id>", 'what "alien queue send" printed')
    .action((queue: string, id: string, options: QueueOptions) =>
      withQueues(context, options, async (queues) => {
        const { data, colors } = context.terminal;
        const job = await queues.operate(queue).jobs.get(id);
        if (job === undefined) throw unknownJob(queue, id);
        data(options.json ? jobJson(job) : printJob(job, await queues.now(queue), colors));
      }),
    );
}
