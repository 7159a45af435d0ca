import { z } from "zod";
import { iso, json } from "../json.ts";
import { fields } from "../names.ts";
import type { Operation, Operations } from "../operations/operations.ts";
import { problemSchema } from "../problem/problem.ts";
import type { Routes } from "../route.ts";
import { queryCount, time, whole } from "../schema/scalars.ts";

/** Bulk work as the API tells it. */
export const operationSchema = z
  .object({
    id: z.string(),
    kind: z.enum(["redrive", "discard"]),
    queue: z.string(),
    status: z.enum(["RUNNING", "SUCCEEDED", "FAILED", "CANCELLED"]),
    done: whole,
    total: whole.optional(),
    startedAt: time,
    endedAt: time.optional(),
    error: problemSchema.optional(),
  })
  .meta({ id: "Operation" });

export function operationView({ startedAt, endedAt, ...operation }: Operation) {
  return { ...operation, startedAt: iso(startedAt), endedAt: iso(endedAt) };
}

/** GET /operations, GET and DELETE /operations/:id. */
export function operationRoutes(routes: Routes, operations: Operations): void {
  const group = "operations";
  const ofOperation = z.object({ id: z.string().min(1).max(64) });
  const one = { 200: { description: "Where it stands.", schema: operationSchema } };

  routes.add(
    {
      method: "get",
      path: "/operations",
      id: "listOperations",
      group,
      summary: "Bulk work that runs, and the latest that has ended; the newest first",
      query: fields({ limit: queryCount(500).optional() }),
      answers: {
        200: { description: "All of it.", schema: z.object({ items: z.array(operationSchema) }) },
      },
    },
    ({ query: { limit = 100 } }) =>
      json({ items: operations.list().slice(0, limit).map(operationView) }),
  );

  routes.add(
    {
      method: "get",
      path: "/operations/:id",
      id: "getOperation",
      group,
      summary: "How far it is",
      params: ofOperation,
      answers: one,
    },
    ({ params: { id } }) => json(operationView(operations.get(id))),
  );

  routes.add(
    {
      method: "delete",
      path: "/operations/:id",
      id: "cancelOperation",
      group,
      summary: "Go no further; what is done stays done",
      params: ofOperation,
      answers: one,
    },
    ({ params: { id } }) => json(operationView(operations.cancel(id))),
  );
}
