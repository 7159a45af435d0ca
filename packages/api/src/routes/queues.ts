import { z } from "zod";
import { json } from "../json.ts";
import type { Routes } from "../route.ts";
import { queueDetail, queueSummary } from "../schema/queue.ts";
import { id } from "../schema/scalars.ts";
import type { Served } from "../served.ts";
import { declarationView, type QueueView, queueView } from "../view/queue.ts";

/** Parameters of every route of one queue. */
export const ofQueue = z.object({ queue: id });

/** GET /health, /queues and /queues/:queue. */
export function queueRoutes(routes: Routes, served: Served, readOnly = false): void {
  routes.add(
    {
      method: "get",
      path: "/health",
      id: "health",
      group: "about",
      summary: "Whether this is served, and what",
      answers: {
        200: {
          description: "It is.",
          schema: z.object({
            status: z.literal("ok"),
            name: z.string(),
            platform: z.string(),
            stage: z.string().optional(),
            readOnly: z.literal(true).optional().describe("It refuses whatever changes something."),
          }),
        },
      },
    },
    () => {
      const { platform, stage } = served.queues;
      return json({
        status: "ok",
        name: served.queues.stack().name,
        platform,
        stage,
        readOnly: readOnly || undefined,
      });
    },
  );

  routes.add(
    {
      method: "get",
      path: "/queues",
      id: "listQueues",
      group: "queues",
      summary: "Every queue with its numbers, those with problems first",
      answers: {
        200: { description: "All of them.", schema: z.object({ items: z.array(queueSummary) }) },
      },
    },
    async () => {
      const stack = served.queues.stack();
      const items = await Promise.all(
        served.all().map((queue) => queueView(queue, served.operations(queue.id), stack)),
      );
      return json({ items: items.sort((a, b) => troubleOf(b) - troubleOf(a)) });
    },
  );

  routes.add(
    {
      method: "get",
      path: "/queues/:queue",
      id: "getQueue",
      group: "queues",
      summary: "What a queue is declared as, how it is, and what its platform can",
      params: ofQueue,
      answers: { 200: { description: "The queue.", schema: queueDetail } },
    },
    async ({ params: { queue } }) => {
      const resource = served.resource(queue);
      const { queues } = served;
      const [view, capabilities] = await Promise.all([
        queueView(resource, served.operations(queue), queues.stack()),
        queues.capabilities?.(queue),
      ]);
      return json({
        ...view,
        declaration: declarationView(resource),
        capabilities,
        schema: queues.jsonSchema?.(queue),
      });
    },
  );
}

/** What needs somebody first: dead letters, then messages that nobody takes, then a pause. */
function troubleOf({ stats, paused, consumer }: QueueView): number {
  const dead = stats !== undefined && stats.dead > 0;
  const untaken = stats !== undefined && stats.ready > 0 && consumer === undefined;
  return (dead ? 4 : 0) + (untaken ? 2 : 0) + (paused === undefined ? 0 : 1);
}
