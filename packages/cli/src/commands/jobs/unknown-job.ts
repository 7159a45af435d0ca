import { AlienError } from "@alienplatform/core";

/** The error for an id that no job of the queue has, or has any more. */
export function unknownJob(queue: string, id: string): AlienError {
  return new AlienError("UNKNOWN_JOB", `queue "${queue}" has no job ${JSON.stringify(id)}`, {
    fix: `Name a whole id as "alien jobs ls ${queue}" prints it; records go some time after the end. One that was redriven to another queue is there: alien jobs get <queue> <id>.`,
    details: { queue, id },
  });
}
