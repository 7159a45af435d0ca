import type { KeptJob, QueueOperations } from "@alienplatform/bindings/operate";
import { AlienError } from "@alienplatform/core";
import { iso } from "../json.ts";
import { attemptsOf } from "../view/attempt.ts";
import { jobResult } from "../view/job.ts";
import { deadLetterView, inspectedView } from "../view/message.ts";

/** What there is to tell of a message: where it is, or, of one that is over, what its job says. Undefined of an unknown one. */
export async function oneMessage(
  queue: string,
  operations: QueueOperations,
  id: string,
): Promise<object | undefined> {
  const inspector = await operations.inspector();
  const message = await inspector?.message(id);
  if (message !== undefined) return inspectedView(queue, message);
  // The inspector finds dead letters, too; without one they are all that can be asked for by its id.
  const letter = inspector === undefined ? await operations.dead.get(id) : undefined;
  if (letter !== undefined) return deadLetterView(queue, letter);
  const job = await keptJob(operations, id);
  return job && overView(job);
}

/** Undefined also where the queue keeps no jobs. */
async function keptJob(operations: QueueOperations, id: string): Promise<KeptJob | undefined> {
  try {
    return await operations.jobs.get(id);
  } catch (error) {
    if (error instanceof AlienError && NO_JOBS.has(error.code)) return undefined;
    throw error;
  }
}

const NO_JOBS = new Set(["JOBS_NOT_KEPT", "UNSUPPORTED"]);

function overView(job: KeptJob) {
  const { id, queue, status, attempts, lastError, sentAt, dueAt, endedAt, name } = job;
  return {
    id,
    queue,
    state: "over" as const,
    status,
    kind: "json" as const,
    attributes: {},
    attempts: attempts.length,
    history: attemptsOf(attempts),
    ...jobResult(job),
    error: lastError,
    sentAt: iso(sentAt),
    dueAt: iso(dueAt),
    endedAt: iso(endedAt),
    job: name,
  };
}

/** What there is to say where nobody knows of a message. */
export function unknownMessage(queue: string, id: string): AlienError {
  return new AlienError("UNKNOWN_MESSAGE", `queue "${queue}" knows no message ${id}`, {
    fix: "Use the id that a send answered; what is over is known for the queue's .results() time.",
    details: { queue, id },
  });
}
