import { jsonField } from "@alienplatform/bindings";
import { AlienError } from "@alienplatform/core";
import { z } from "zod";
import { json } from "../json.ts";
import { fields } from "../names.ts";
import type { Routes } from "../route.ts";
import { deadLetter } from "../schema/message.ts";
import { id, messageId, queryCount } from "../schema/scalars.ts";
import type { Served } from "../served.ts";
import { deadLetterView } from "../view/message.ts";
import { confirmed } from "./confirm.ts";
import { ofQueue } from "./queues.ts";
import { selectionFields, selectionOf } from "./selection.ts";

export const ofMessage = z.object({ queue: id, id: messageId });

/** The dead letters of a queue, one by one. */
export function deadLetterRoutes(routes: Routes, served: Served): void {
  const group = "dead letters";
  const found = { 200: { description: "The dead letter.", schema: deadLetter } };

  routes.add(
    {
      method: "get",
      path: "/queues/:queue/dead-letters",
      id: "listDeadLetters",
      group,
      summary: "Dead letters in the order of their death",
      params: ofQueue,
      query: fields({
        ...selectionFields,
        limit: queryCount(500).optional(),
        after: messageId.optional(),
      }),
      answers: {
        200: {
          description: "A page of them; a long look for few is broken off and goes on with next.",
          schema: z.object({ items: z.array(deadLetter), next: z.string().optional() }),
        },
      },
    },
    async ({ params: { queue }, query: { limit = 50, after, ...filter } }) => {
      const { dead } = served.operations(queue);
      const { letters, next } = await dead.page({ limit, after, filter: selectionOf(filter) });
      const items = letters.map((letter) => deadLetterView(queue, letter));
      return json({ items, next });
    },
  );

  routes.add(
    {
      method: "get",
      path: "/queues/:queue/dead-letters/:id",
      id: "getDeadLetter",
      group,
      summary: "One dead letter, with its attempts",
      params: ofMessage,
      answers: found,
    },
    async ({ params }) => {
      const letter = await served.operations(params.queue).dead.get(params.id);
      if (letter === undefined) throw unknownLetter(params);
      return json(deadLetterView(params.queue, letter));
    },
  );

  routes.add(
    {
      method: "put",
      path: "/queues/:queue/dead-letters/:id",
      id: "editDeadLetter",
      group,
      summary: "Another payload in place of its own",
      params: ofMessage,
      body: fields({
        payload: z.unknown().describe("Any JSON, kept letter by letter. A string is text."),
        kind: z.enum(["json", "text"]).optional(),
      }),
      answers: found,
    },
    async ({ params, body: { payload, kind }, context }) => {
      const { dead } = served.operations(params.queue);
      if (typeof payload === "string" && kind !== "json") await dead.edit(params.id, payload);
      else {
        const text = jsonField(await context.req.text(), ["payload"]);
        if (text === undefined || kind === "text") throw noPayload();
        await dead.editJson(params.id, text);
      }
      const letter = await dead.get(params.id);
      if (letter === undefined) throw unknownLetter(params);
      return json(deadLetterView(params.queue, letter));
    },
  );

  routes.add(
    {
      method: "delete",
      path: "/queues/:queue/dead-letters/:id",
      id: "discardDeadLetter",
      group,
      summary: "Remove one for ever",
      params: ofMessage,
      query: fields({ confirm: z.string().optional() }),
      answers: {
        200: { description: "It is gone.", schema: z.object({ applied: z.literal(true) }) },
      },
    },
    async ({ params, query: { confirm } }) => {
      const { dead } = served.operations(params.queue);
      confirmed(confirm, params.id, "a discarded dead letter is gone for ever");
      const [result] = await dead.discard(params.id);
      if (result?.ok === false) throw result.error;
      if (result?.applied !== true) throw unknownLetter(params);
      return json({ applied: true });
    },
  );
}

function unknownLetter({ queue, id: letter }: { queue: string; id: string }): AlienError {
  return new AlienError("UNKNOWN_DEAD_LETTER", `queue "${queue}" has no dead letter ${letter}`, {
    fix: "List them for their ids: it may have been redriven or discarded.",
    details: { queue, id: letter },
  });
}

function noPayload(): AlienError {
  return new AlienError("OPTION_INVALID", "there is no payload of that kind", {
    fix: 'Write { "payload": ... }; the kind "text" takes a string.',
    details: { option: "payload" },
  });
}
