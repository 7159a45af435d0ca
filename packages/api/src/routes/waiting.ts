import { z } from "zod";
import { json } from "../json.ts";
import { inspected, pagesOf } from "../look/found-message.ts";
import { inspectorOf } from "../look/inspector.ts";
import { oneMessage, unknownMessage } from "../look/one-message.ts";
import { scan } from "../look/scan.ts";
import { hasField, readWhere } from "../look/where.ts";
import { fields } from "../names.ts";
import type { Routes } from "../route.ts";
import { message } from "../schema/message.ts";
import { messageId, queryCount, whereText } from "../schema/scalars.ts";
import type { Served } from "../served.ts";
import { ofMessage } from "./dead-letters.ts";
import { ofQueue } from "./queues.ts";

const list = z.object({ items: z.array(message), next: z.string().optional() });

/** Messages where they are, without taking them. */
export function waitingRoutes(routes: Routes, served: Served): void {
  routes.add(
    {
      method: "get",
      path: "/queues/:queue/messages",
      id: "listMessages",
      group: "messages",
      summary: "Messages that wait or are on loan, without taking them",
      params: ofQueue,
      query: fields({
        state: z.enum(["ready", "delayed", "inFlight", "dead"]).optional(),
        id: messageId.optional().describe("This one alone."),
        where: whereText.optional(),
        limit: queryCount(500).optional(),
        after: messageId.optional(),
      }),
      answers: {
        200: {
          description: "A page of them; a long look for few is broken off and goes on with next.",
          schema: list,
        },
      },
    },
    async ({ params: { queue }, query: { state, id, where, limit = 50, after } }) => {
      const operations = served.operations(queue);
      if (id !== undefined) {
        const found = await (await operations.inspector())?.message(id);
        return json({ items: found === undefined ? [] : [inspected(queue, found).view()] });
      }
      const field = where === undefined ? undefined : readWhere(where);
      const { items, next } = await scan(
        await pagesOf(queue, operations, state),
        (one) =>
          (state === undefined || one.state === state) &&
          (field === undefined || hasField(one, field)),
        limit,
        after,
      );
      return json({ items: items.map((one) => one.view()), next });
    },
  );

  routes.add(
    {
      method: "get",
      path: "/queues/:queue/messages/:id",
      id: "getMessage",
      group: "messages",
      summary:
        "One message wherever it is, with its attempts; of one that is over, what its job says",
      params: ofMessage,
      answers: { 200: { description: "The message.", schema: message } },
    },
    async ({ params: { queue, id } }) => {
      const found = await oneMessage(queue, served.operations(queue), id);
      if (found === undefined) throw unknownMessage(queue, id);
      // A message says how many it may have where they are fewer than its queue's.
      const { maxAttempts } = served.resource(queue);
      const own = Object.entries(found).filter(([, value]) => value !== undefined);
      return json({ maxAttempts, ...Object.fromEntries(own) });
    },
  );

  routes.add(
    {
      method: "post",
      path: "/queues/:queue/messages/:id/expedite",
      id: "expedite",
      group: "messages",
      summary: "Make a delayed message, or one before its next attempt, ready now",
      params: ofMessage,
      body: fields({}),
      answers: {
        200: {
          description: "False where it was not delayed.",
          schema: z.object({ applied: z.boolean() }),
        },
      },
    },
    async ({ params: { queue, id } }) => {
      const inspector = await inspectorOf(served, queue, "Wait until it is due, or send it again.");
      const result = await inspector.expedite(id);
      if (!result.ok) throw result.error;
      if (result.applied === false && (await inspector.message(id)) === undefined) {
        throw unknownMessage(queue, id);
      }
      return json({ applied: result.applied !== false });
    },
  );
}
