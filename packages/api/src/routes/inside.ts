import { z } from "zod";
import { json } from "../json.ts";
import { inspectorOf } from "../look/inspector.ts";
import { fields } from "../names.ts";
import type { Routes } from "../route.ts";
import { queryCount, whole } from "../schema/scalars.ts";
import type { Served } from "../served.ts";
import { ofQueue } from "./queues.ts";

const most = fields({ limit: queryCount(500).optional() });
const INSTEAD = "GET /queues/:queue has its counts, and /samples how they were.";

const group = z.object({
  group: z.string(),
  waiting: whole,
  heldBy: z.object({ id: z.string(), state: z.enum(["inFlight", "delayed"]) }).optional(),
});

const key = z.object({ key: z.string(), limit: whole, inFlight: whole, waiting: whole });

const consumer = z.object({
  session: z.string(),
  pid: z.int().optional(),
  inFlight: whole,
  waiting: z.boolean(),
});

/** GET /queues/:queue/groups, /keys and /consumers: what holds messages up, and who takes them. */
export function insideRoutes(routes: Routes, served: Served): void {
  routes.add(
    {
      method: "get",
      path: "/queues/:queue/groups",
      id: "listGroups",
      group: "queues",
      summary: "FIFO groups that have messages, those that are held up first",
      params: ofQueue,
      query: most,
      answers: { 200: { description: "Groups.", schema: z.object({ items: z.array(group) }) } },
    },
    async ({ params: { queue }, query: { limit = 50 } }) => {
      const inspector = await inspectorOf(served, queue, INSTEAD);
      return json({ items: await inspector.groups(limit) });
    },
  );

  routes.add(
    {
      method: "get",
      path: "/queues/:queue/keys",
      id: "listKeys",
      group: "queues",
      summary: "Concurrency keys in use, the fullest first",
      params: ofQueue,
      query: most,
      answers: { 200: { description: "Keys.", schema: z.object({ items: z.array(key) }) } },
    },
    async ({ params: { queue }, query: { limit = 50 } }) => {
      const inspector = await inspectorOf(served, queue, INSTEAD);
      return json({ items: await inspector.keys(limit) });
    },
  );

  routes.add(
    {
      method: "get",
      path: "/queues/:queue/consumers",
      id: "listConsumers",
      group: "queues",
      summary: "Processes that take, or have taken and not settled",
      params: ofQueue,
      answers: {
        200: { description: "Consumers.", schema: z.object({ items: z.array(consumer) }) },
      },
    },
    async ({ params: { queue } }) => {
      const inspector = await inspectorOf(served, queue, INSTEAD);
      return json({ items: await inspector.consumers() });
    },
  );
}
