import type { PauseOptions } from "@alienplatform/bindings/operate";
import { z } from "zod";
import { json } from "../json.ts";
import { fields } from "../names.ts";
import type { Routes } from "../route.ts";
import { paused } from "../schema/queue.ts";
import { duration, instant } from "../schema/scalars.ts";
import type { Served } from "../served.ts";
import { pauseView } from "../view/queue.ts";
import { confirmed } from "./confirm.ts";
import { ofQueue } from "./queues.ts";

/** POST /queues/:queue/purge, /pause and /resume. */
export function operatingRoutes(routes: Routes, served: Served): void {
  routes.add(
    {
      method: "post",
      path: "/queues/:queue/purge",
      id: "purge",
      group: "queues",
      summary: "Remove what is ready and delayed, and what is in flight at its lease's end",
      params: ofQueue,
      query: fields({ confirm: z.string().optional().describe("The queue's id.") }),
      answers: {
        200: { description: "How many at once.", schema: z.object({ removed: z.int() }) },
      },
    },
    async ({ params: { queue }, query: { confirm } }) => {
      const operations = served.operations(queue);
      confirmed(confirm, queue, "a purge cannot be undone");
      return json({ removed: await operations.purge() });
    },
  );

  routes.add(
    {
      method: "post",
      path: "/queues/:queue/pause",
      id: "pause",
      group: "queues",
      summary: "Call no handler any more, with a reason",
      params: ofQueue,
      body: pauseBody,
      answers: { 200: { description: "It is paused.", schema: z.object({ paused }) } },
    },
    async ({ params: { queue }, body }) => {
      const operations = served.operations(queue);
      await operations.pause(...pauseOf(body));
      const pause = await operations.paused();
      return json({ paused: pause && pauseView(pause) });
    },
  );

  routes.add(
    {
      method: "post",
      path: "/queues/:queue/resume",
      id: "resume",
      group: "queues",
      summary: "Call handlers again",
      params: ofQueue,
      body: fields({}),
      answers: { 200: { description: "It is not paused.", schema: z.object({}) } },
    },
    async ({ params: { queue } }) => {
      await served.operations(queue).resume();
      return json({});
    },
  );
}

export const pauseBody = fields({
  reason: z.string().regex(/\S/).max(1_024),
  until: z.union([duration, instant]).optional().describe("For how long, or until when."),
  whilePaused: z.enum(["wait", "deadLetter"]).optional(),
});

/** What pause() takes. */
export function pauseOf({
  reason,
  until,
  whilePaused,
}: z.output<typeof pauseBody>): [reason: string, options: PauseOptions] {
  return [
    reason,
    {
      ...(until === undefined ? {} : { until: isDuration(until) ? until : new Date(until) }),
      ...(whilePaused === undefined ? {} : { whilePaused }),
    },
  ];
}

function isDuration(until: string): until is `${number}s` {
  return /[a-z]$/.test(until);
}
