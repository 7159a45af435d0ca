import type { Duration } from "@alienplatform/core";
import { Command } from "commander";
import type { Context } from "../../context.ts";
import { jobJson, printJob } from "../../print/job.ts";
import { duration } from "../option-value.ts";
import { type QueueOptions, queueOptions, withQueues } from "../with-queues.ts";

interface WaitOptions extends QueueOptions {
  readonly timeout?: Duration;
}

/** `alien jobs wait`: until a job has ended. */
export function waitCommand(context: Context): Command {
  return queueOptions(new Command("wait"))
    .description("wait until a job has ended, and show it; the status is 0 where it succeeded")
    .argument("<queue>", "the queue it was sent to")
    .argument("<id>", 'what "alien queue send" printed')
    .option("--timeout <duration>", 'at most so long ("30s")', duration)
    .addHelpText(
      "after",
      `
Examples:
  $ id=$(alien queue send tasks '{"a":1}' --json | jq -r .id)
  $ alien jobs wait tasks "$id" --timeout 1m --json | jq .result`,
    )
    .action((queue: string, id: string, options: WaitOptions) =>
      withQueues(context, options, async (queues) => {
        const { data, colors } = context.terminal;
        const { timeout } = options;
        const limits = timeout === undefined ? {} : { timeout };
        const job = await queues.operate(queue).jobs.wait(id, limits);
        data(options.json ? jobJson(job) : printJob(job, await queues.now(queue), colors));
        if (job.status !== "SUCCEEDED") context.exit(1);
      }),
    );
}
