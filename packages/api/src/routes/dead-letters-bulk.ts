import { firstLineOf, type SettleResult } from "@alienplatform/bindings";
import type { DeadLetters } from "@alienplatform/bindings/operate";
import { AlienError } from "@alienplatform/core";
import { z } from "zod";
import { iso, json } from "../json.ts";
import { fields } from "../names.ts";
import type { Operations } from "../operations/operations.ts";
import type { Routes } from "../route.ts";
import { id, messageId, time, whole } from "../schema/scalars.ts";
import type { Served } from "../served.ts";
import { operationSchema, operationView } from "./operations.ts";
import { ofQueue } from "./queues.ts";
import { selectionFields, selectionInBody, selectionOf } from "./selection.ts";

const MOST_IDS = 500;
const MOST_GROUPED = 10_000;
const MOST_GROUPS = 200;

const group = "dead letters";
const which = {
  ids: z.array(messageId).min(1).max(MOST_IDS).optional(),
  filter: fields(selectionInBody).optional().describe("{} is all that are dead by now."),
};

const results = z.object({
  results: z.array(
    z.object({
      applied: z.union([z.boolean(), z.literal("unknown")]).optional(),
      error: z.record(z.string(), z.unknown()).optional(),
    }),
  ),
});

const answers = {
  200: { description: "One result for each id, in order.", schema: results },
  202: {
    description: "The server is at it: GET /operations/:id.",
    schema: z.object({ operation: operationSchema }),
  },
};

/** The dead letters of a queue, many at once. */
export function deadLetterBulkRoutes(routes: Routes, served: Served, operations: Operations): void {
  routes.add(
    {
      method: "post",
      path: "/queues/:queue/dead-letters/redrive",
      id: "redriveDeadLetters",
      group,
      summary: "Make them ready again: those of the ids, or, on the server, those that match",
      params: ofQueue,
      body: fields({
        ...which,
        to: id.optional().describe("Another queue, which is FIFO where this one is."),
        rate: z.number().positive().max(1_000_000).optional().describe("A second, at most."),
      }),
      answers,
    },
    async ({ params: { queue }, body: { ids, filter, to, rate } }) => {
      const { dead } = served.operations(queue);
      if (to !== undefined) served.resource(to);
      if (onlyIds(ids, filter))
        return json({ results: told(served, await dead.redrive(ids, { to })) });
      const operation = operations.start(
        { kind: "redrive", queue, ...(await totalOf(served, queue, filter)) },
        (signal, onProgress) =>
          dead.redriveAll({
            filter: selectionOf(filter ?? {}),
            to,
            perSecond: rate,
            signal,
            onProgress,
          }),
      );
      return json({ operation: operationView(operation) }, 202);
    },
  );

  routes.add(
    {
      method: "post",
      path: "/queues/:queue/dead-letters/discard",
      id: "discardDeadLetters",
      group,
      summary: "Remove them for ever: those of the ids, or, on the server, those that match",
      params: ofQueue,
      body: fields({ ...which, confirm: z.string().optional().describe("The queue's id.") }),
      answers,
    },
    async ({ params: { queue }, body: { ids, filter, confirm } }) => {
      const { dead } = served.operations(queue);
      const several = onlyIds(ids, filter) ? ids : undefined;
      if (confirm !== queue) throw unconfirmed(queue);
      if (several !== undefined)
        return json({ results: told(served, await dead.discard(several)) });
      const operation = operations.start(
        { kind: "discard", queue, ...(await totalOf(served, queue, filter)) },
        (signal, onProgress) =>
          dead.discardAll({ filter: selectionOf(filter ?? {}), signal, onProgress }),
      );
      return json({ operation: operationView(operation) }, 202);
    },
  );

  routes.add(
    {
      method: "get",
      path: "/queues/:queue/dead-letters/groups",
      id: "groupDeadLetters",
      group,
      summary: "By error, the most frequent first",
      params: ofQueue,
      query: fields(selectionFields),
      answers: {
        200: {
          description: "Of the first 10,000 letters; `complete` is false where there are more.",
          schema: z.object({
            items: z.array(
              z.object({
                code: z.string(),
                message: z.string(),
                count: whole,
                first: time,
                last: time,
              }),
            ),
            complete: z.boolean(),
          }),
        },
      },
    },
    async ({ params: { queue }, query }) =>
      json(await grouped(served.operations(queue).dead, query)),
  );
}

async function grouped(dead: DeadLetters, filter: Parameters<typeof selectionOf>[0]) {
  const groups = new Map<string, Group>();
  let seen = 0;
  let complete = true;
  await dead.each(
    ({ error, deadAt }) => {
      complete = seen < MOST_GROUPED;
      if (!complete) return false;
      const message = firstLineOf(error);
      const key = `${error.code} ${message}`;
      const known = groups.get(key) ?? {
        code: error.code,
        message,
        count: 0,
        first: deadAt,
        last: deadAt,
      };
      groups.set(key, {
        ...known,
        count: known.count + 1,
        first: Math.min(known.first, deadAt),
        last: Math.max(known.last, deadAt),
      });
      seen++;
      return true;
    },
    { filter: selectionOf(filter) },
  );
  const items = [...groups.values()].sort((a, b) => b.count - a.count).slice(0, MOST_GROUPS);
  return {
    items: items.map(({ first, last, ...rest }) => ({
      ...rest,
      first: iso(first),
      last: iso(last),
    })),
    complete,
  };
}

interface Group {
  readonly code: string;
  readonly message: string;
  readonly count: number;
  readonly first: number;
  readonly last: number;
}

/** True of ids, false of a filter; both, or none, is a mistake. */
function onlyIds(ids: readonly string[] | undefined, filter: object | undefined): ids is string[] {
  if ((ids === undefined) !== (filter === undefined)) return ids !== undefined;
  throw new AlienError("OPTION_INVALID", "a request names ids, or a filter", {
    fix: 'Give one of the two: { "ids": [...] }, or { "filter": {} } for all that are dead by now.',
    details: { option: "ids" },
  });
}

/** Of a filter nobody knows how many it means before the pass. */
async function totalOf(served: Served, queue: string, filter: object | undefined) {
  if (Object.keys(filter ?? {}).length > 0) return {};
  const { dead } = await served.operations(queue).stats();
  return { total: dead };
}

function told(served: Served, all: readonly SettleResult[]) {
  return all.map((result) =>
    result.ok ? { applied: result.applied } : { error: served.problem(result.error) },
  );
}

function unconfirmed(queue: string): AlienError {
  return new AlienError("CONFIRMATION_REQUIRED", "discarded dead letters are gone for ever", {
    fix: `Repeat it with { "confirm": ${JSON.stringify(queue)} }.`,
    details: { confirm: queue },
  });
}
