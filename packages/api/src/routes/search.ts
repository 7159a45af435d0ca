import type { Clock } from "@alienplatform/bindings";
import { z } from "zod";
import { json } from "../json.ts";
import { fields } from "../names.ts";
import type { Routes } from "../route.ts";
import { message } from "../schema/message.ts";
import { queryCount } from "../schema/scalars.ts";
import { readQuery } from "../search/query.ts";
import { search } from "../search/search.ts";
import type { Served } from "../served.ts";

/** GET /search. */
export function searchRoutes(routes: Routes, served: Served, clock: Clock): void {
  routes.add(
    {
      method: "get",
      path: "/search",
      id: "search",
      group: "messages",
      summary: "Messages of all queues by what is known of them, or by an id",
      query: fields({
        q: z
          .string()
          .min(1)
          .max(1_024)
          .describe('queue:emails state:dead error:timeout payload.to:"a@b" age>1h, or an id.'),
        limit: queryCount(500).optional(),
        after: z.string().max(512).optional(),
      }),
      answers: {
        200: {
          description: "A page of them; a long look for few is broken off and goes on with next.",
          schema: z.object({ items: z.array(message), next: z.string().optional() }),
        },
      },
    },
    async ({ query: { q, limit = 50, after } }) => {
      const now = (await served.queues.clock?.read())?.now ?? clock.now();
      return json(await search(served, readQuery(q), { limit, after, now }));
    },
  );
}
