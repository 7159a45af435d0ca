import type { KeptJob, QueueOperations } from "@alienplatform/bindings/operate";
import { AlienError } from "@alienplatform/core";
import { z } from "zod";
import { json } from "../json.ts";
import { fields } from "../names.ts";
import type { Routes } from "../route.ts";
import { attempt, failure } from "../schema/message.ts";
import { duration, id, messageId, queryCount, time } from "../schema/scalars.ts";
import type { Served } from "../served.ts";
import { jobView } from "../view/job.ts";

const STATUSES = ["PENDING", "RUNNING", "SUCCEEDED", "DEAD", "FAILED", "CANCELLED"] as const;
const status = z.enum(STATUSES);

/** As it is answered, or in lower case, as the CLI has it. */
const askedStatus = z
  .string()
  .transform((text) => text.toUpperCase())
  .pipe(z.enum(STATUSES, { error: `not a status; write one of ${STATUSES.join(", ")}` }))
  .meta({ enum: STATUSES });

const job = z
  .object({
    id: messageId,
    queue: z.string(),
    status,
    attempts: z.array(attempt),
    result: z.unknown().optional(),
    lastError: failure.optional(),
    sentAt: time,
    dueAt: time.optional(),
    endedAt: time.optional(),
    name: z.string().optional(),
  })
  .meta({ id: "Job" });

const ofJob = z.object({ id: messageId });
const inQueue = fields({
  queue: id.optional().describe("Where it is; else all queues are asked."),
});
const applied = {
  200: {
    description: "False where its status was another.",
    schema: z.object({ applied: z.boolean() }),
  },
};

/** What became of messages, where their queues keep that. */
export function jobRoutes(routes: Routes, served: Served): void {
  routes.add(
    {
      method: "get",
      path: "/jobs",
      id: "listJobs",
      group: "jobs",
      summary: "The jobs of a queue, the newest first",
      query: fields({
        queue: id,
        status: askedStatus.optional().describe("Also in lower case."),
        limit: queryCount(500).optional(),
        after: messageId.optional(),
      }),
      answers: {
        200: {
          description: "A page of them; a long look for few is broken off and goes on with next.",
          schema: z.object({ items: z.array(job), next: z.string().optional() }),
        },
      },
    },
    async ({ query: { queue, limit = 50, ...options } }) => {
      const { jobs, next } = await served.operations(queue).jobs.page({ limit, ...options });
      return json({ items: jobs.map(jobView), next });
    },
  );

  routes.add(
    {
      method: "get",
      path: "/jobs/:id",
      id: "getJob",
      group: "jobs",
      summary: "Where a job stands, and what came of it",
      params: ofJob,
      query: inQueue,
      answers: { 200: { description: "The job.", schema: job } },
    },
    async ({ params, query: { queue } }) =>
      json(jobView((await find(served, params.id, queue)).job)),
  );

  routes.add(
    {
      method: "get",
      path: "/jobs/:id/wait",
      id: "waitForJob",
      group: "jobs",
      summary: "The job once it has ended, or, after the timeout, where it stands",
      params: ofJob,
      query: fields({ queue: id.optional(), timeout: duration.optional() }),
      answers: {
        200: { description: "It has ended.", schema: job },
        202: { description: "It has not.", schema: job },
      },
    },
    async ({ params, query: { queue, timeout = "20s" }, signal }) => {
      const { operations } = await find(served, params.id, queue);
      const ended = await operations.jobs.wait(params.id, { timeout, signal });
      const open = ended.status === "PENDING" || ended.status === "RUNNING";
      return json(jobView(ended), open ? 202 : 200);
    },
  );

  for (const [verb, summary] of [
    ["cancel", "From PENDING to CANCELLED: it is not delivered any more"],
    ["requeue", "From DEAD to PENDING, with a fresh budget of attempts"],
  ] as const) {
    routes.add(
      {
        method: "post",
        path: `/jobs/:id/${verb}`,
        id: `${verb}Job`,
        group: "jobs",
        summary,
        params: ofJob,
        query: inQueue,
        body: fields({}),
        answers: applied,
      },
      async ({ params, query: { queue } }) => {
        const { operations } = await find(served, params.id, queue);
        return json({ applied: await operations.jobs[verb](params.id) });
      },
    );
  }
}

interface FoundJob {
  readonly operations: QueueOperations;
  readonly job: KeptJob;
}

/** In its queue, or in any that keeps jobs. */
async function find(served: Served, job: string, queue: string | undefined): Promise<FoundJob> {
  if (queue !== undefined) {
    const operations = served.operations(queue);
    const found = await operations.jobs.get(job);
    if (found === undefined) throw unknown(job);
    return { operations, job: found };
  }
  for (const resource of served.all()) {
    const operations = served.operations(resource.id);
    const found = await operations.jobs.get(job).catch(noneKept);
    if (found !== undefined) return { operations, job: found };
  }
  throw unknown(job);
}

function noneKept(error: unknown): undefined {
  if (error instanceof AlienError && NO_JOBS.has(error.code)) return undefined;
  throw error;
}

const NO_JOBS = new Set(["JOBS_NOT_KEPT", "UNSUPPORTED"]);

function unknown(job: string): AlienError {
  return new AlienError("UNKNOWN_JOB", `there is no job ${job}`, {
    fix: "Use the id that a send answered; records are kept for the queue's .results() time after the end.",
    details: { id: job },
  });
}
