import { z } from "zod";
import { json } from "../json.ts";
import { fields } from "../names.ts";
import type { Routes } from "../route.ts";
import type { Served } from "../served.ts";
import { ofQueue } from "./queues.ts";
import { selectionFields, selectionOf } from "./selection.ts";

const NDJSON = "application/x-ndjson";

/** Dead letters as lines of JSON: out, and in again. */
export function deadLetterLineRoutes(routes: Routes, served: Served): void {
  routes.add(
    {
      method: "get",
      path: "/queues/:queue/dead-letters/export",
      id: "exportDeadLetters",
      group: "dead letters",
      summary: "All that match, a line of JSON each; takes none away",
      params: ofQueue,
      query: fields(selectionFields),
      answers: { 200: { description: "NDJSON.", schema: z.string(), type: NDJSON } },
    },
    async ({ params: { queue }, query, signal }) => {
      const { dead } = served.operations(queue);
      const lines = dead.export({ filter: selectionOf(query), signal });
      // What is wrong is told as a problem, before there is an answer.
      const first = await lines.next();
      return new Response(bodyOf(lines, first), {
        headers: {
          "content-type": NDJSON,
          "content-disposition": `attachment; filename="${queue.replaceAll(/[^\w-]/g, "_")}-dead-letters.ndjson"`,
        },
      });
    },
  );

  routes.add(
    {
      method: "post",
      path: "/queues/:queue/dead-letters/import",
      id: "importDeadLetters",
      group: "dead letters",
      summary: "Take in what was exported; what is there already is not taken twice",
      params: ofQueue,
      body: z.string(),
      bodyType: NDJSON,
      answers: {
        200: {
          description: "How many lines were taken in.",
          schema: z.object({
            imported: z.int(),
            known: z.int(),
            refused: z.array(z.object({ line: z.int(), reason: z.string() })),
          }),
        },
      },
    },
    async ({ params: { queue }, context, signal }) => {
      const { dead } = served.operations(queue);
      return json(await dead.import([await context.req.text()], { signal }));
    },
  );
}

/** Asked for a line only when the reader has taken the one before. */
function bodyOf(
  lines: AsyncGenerator<string>,
  first: IteratorResult<string>,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let next: IteratorResult<string> | undefined = first;
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = next ?? (await lines.next());
      next = undefined;
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    async cancel() {
      await lines.return(undefined);
    },
  });
}
