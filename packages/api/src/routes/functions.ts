import { AlienError, nearest } from "@alienplatform/core";
import { z } from "zod";
import { json } from "../json.ts";
import { fields } from "../names.ts";
import type { Routes } from "../route.ts";
import { sendOptions } from "../schema/message.ts";
import { id } from "../schema/scalars.ts";
import type { Served } from "../served.ts";
import { optionsOf, payloadText, verbatim } from "./messages.ts";

const consumer = z
  .object({
    id: z.string(),
    type: z.enum(["function", "endpoint"]),
    triggers: z.array(z.object({ queue: z.string() })),
    http: z.boolean().optional(),
  })
  .meta({ id: "Function" });

/** GET /functions, and a job for the only queue of one. */
export function functionRoutes(routes: Routes, served: Served): void {
  routes.add(
    {
      method: "get",
      path: "/functions",
      id: "listFunctions",
      group: "functions",
      summary: "Functions and endpoints, with their triggers",
      answers: {
        200: { description: "All of them.", schema: z.object({ items: z.array(consumer) }) },
      },
    },
    () =>
      json({
        items: consumersOf(served).map((one) => ({
          id: one.id,
          type: one.type,
          triggers: one.triggers.map(({ queue }) => ({ queue })),
          ...(one.type === "function" ? { http: one.http } : {}),
        })),
      }),
  );

  routes.add(
    {
      method: "post",
      path: "/functions/:id/invoke-async",
      id: "invokeAsync",
      group: "functions",
      summary: "A job for a function, through its only trigger",
      params: z.object({ id }),
      body: fields({ event: z.unknown().optional().describe("Any JSON."), ...sendOptions }),
      answers: {
        202: {
          description: "It is durable: GET /jobs/:id.",
          schema: z.object({
            jobId: z.string(),
            queue: z.string(),
            status: z.literal("PENDING"),
            deduplicated: z.boolean(),
          }),
        },
      },
    },
    async ({ params, body: { event, job, ...given }, context }) => {
      const queue = onlyTrigger(served, params.id);
      const client = await served.client(queue);
      const key = given.idempotencyKey ?? context.req.header("idempotency-key");
      const options = optionsOf({
        ...given,
        ...(key === undefined ? {} : { idempotencyKey: key }),
      });
      const payload = verbatim(await payloadText(context, "event"), event, undefined);
      const sent =
        job === undefined
          ? await client.send(queue, payload, options)
          : await client.call(job, payload, options);
      const { id: jobId, deduplicated } = sent;
      return json({ jobId, queue, status: "PENDING", deduplicated }, 202);
    },
  );
}

function consumersOf(served: Served) {
  return served.queues.stack().resources.filter((resource) => resource.type !== "queue");
}

function onlyTrigger(served: Served, wanted: string): string {
  const all = consumersOf(served);
  const found = all.find((one) => one.id === wanted);
  if (found === undefined) {
    const ids = all.map((one) => one.id);
    const near = nearest(wanted, ids);
    throw new AlienError("UNKNOWN_FUNCTION", `there is no function "${wanted}"`, {
      fix:
        near.length === 0
          ? `There is ${ids.join(", ") || "none"}.`
          : `Did you mean ${near.join(" or ")}?`,
      details: { function: wanted, nearest: near },
    });
  }
  const queues = found.triggers.map(({ queue }) => queue);
  const [only] = queues;
  if (only !== undefined && queues.length === 1) return only;
  throw new AlienError(
    "TRIGGER_AMBIGUOUS",
    queues.length === 0
      ? `function "${wanted}" has no trigger that a job could come by`
      : `function "${wanted}" has ${queues.length} triggers: ${queues.join(", ")}`,
    {
      fix: `Send to a queue: POST /queues/${only ?? ":queue"}/messages.`,
      details: { function: wanted, queues },
    },
  );
}
