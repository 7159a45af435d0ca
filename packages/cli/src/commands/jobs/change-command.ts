import type { JobStatus } from "@alienplatform/bindings";
import type { Jobs, KeptJob } from "@alienplatform/bindings/operate";
import { Command } from "commander";
import type { Context } from "../../context.ts";
import { type QueueOptions, queueOptions, withQueues } from "../with-queues.ts";

/** The exit status of a change that the job's status does not allow: a conflict. */
const NOT_NOW = 4;

/** What a command does to one job. */
export interface JobChange {
  readonly name: string;
  readonly description: string;
  /** The status that it takes. */
  readonly from: JobStatus;
  /** Also the name of the answer in JSON. */
  readonly done: string;
  readonly change: (jobs: Jobs, id: string) => Promise<boolean>;
}

/** A command that changes one job, where its status allows it. */
export function changeCommand(
  context: Context,
  { name, description, from, done, change }: JobChange,
): Command {
  return queueOptions(new Command(name))
    .description(description)
    .argument("<queue>", "the queue it was sent to")
    .argument("<id>", "which one")
    .action((queue: string, id: string, options: QueueOptions) =>
      withQueues(context, options, async (queues) => {
        const { data, note } = context.terminal;
        const { jobs } = queues.operate(queue);
        const changed = await change(jobs, id);
        if (options.json) data(JSON.stringify({ version: 1, queue, id, [done]: changed }));
        else if (changed) data(`${done} ${id}`);
        if (changed) return;
        if (!options.json) note(nothingDone(await jobs.get(id), from));
        context.exit(NOT_NOW);
      }),
    );
}

function nothingDone(job: KeptJob | undefined, wanted: JobStatus): string {
  return job === undefined
    ? "nothing was done: the job is gone"
    : `nothing was done: job ${job.id} is ${job.status}, not ${wanted}`;
}
