import type { QueueOperations } from "@alienplatform/bindings/operate";
import { AlienError, nearest } from "@alienplatform/core";
import { z } from "zod";
import { json } from "../json.ts";
import { fields } from "../names.ts";
import type { Routes } from "../route.ts";
import { paused } from "../schema/queue.ts";
import { id } from "../schema/scalars.ts";
import type { Served } from "../served.ts";
import { consumerOf, pauseView } from "../view/queue.ts";
import { confirmed } from "./confirm.ts";
import { pauseBody, pauseOf } from "./operating.ts";
import { ofQueue } from "./queues.ts";

const binding = z
  .object({
    queue: z.string(),
    function: z.string().optional(),
    status: z.enum(["active", "paused", "unknown"]),
    boundBy: z.enum(["alien.ts", "operator"]).optional(),
    declared: z.string().optional().describe("Which one alien.ts makes consume the queue."),
    paused: paused.optional(),
  })
  .meta({ id: "Binding" });

const one = { 200: { description: "The binding as it is now.", schema: binding } };

/** Who consumes what, and whether. */
export function bindingRoutes(routes: Routes, served: Served): void {
  const group = "bindings";

  routes.add(
    {
      method: "get",
      path: "/bindings",
      id: "listBindings",
      group,
      summary: "Which function or endpoint consumes which queue",
      answers: {
        200: { description: "One for each queue.", schema: z.object({ items: z.array(binding) }) },
      },
    },
    async () =>
      json({ items: await Promise.all(served.all().map((queue) => view(served, queue.id))) }),
  );

  routes.add(
    {
      method: "put",
      path: "/bindings/:queue",
      id: "bind",
      group,
      summary: "Let another function consume the queue; on a deployed stage, pause or resume it",
      params: ofQueue,
      body: fields({
        function: id.optional().describe("Or an endpoint. Left out: the one that it has."),
        status: z.enum(["active", "paused"]).optional(),
        reason: z.string().regex(/\S/).max(1_024).optional().describe("Of a pause."),
      }),
      answers: one,
    },
    async ({ params: { queue }, body: { function: wanted, status = "active", reason } }) => {
      const operations = served.operations(queue);
      const now = await view(served, queue);
      const consumer = wanted ?? now.function;
      if (consumer === undefined) throw noConsumer(queue);
      assertConsumer(served, queue, consumer);
      const { binder } = served.queues;
      if (consumer !== now.function) {
        if (binder === undefined) throw notHere(queue, consumer, served.queues.platform);
        await binder.bind(queue, consumer, status);
      } else if (binder !== undefined && wanted !== undefined && status === "active") {
        await binder.bind(queue, consumer, status);
      } else await setStatus(operations, status, reason);
      return json(await view(served, queue));
    },
  );

  routes.add(
    {
      method: "delete",
      path: "/bindings/:queue",
      id: "unbind",
      group,
      summary: "Back to the consumer that alien.ts declares",
      params: ofQueue,
      query: fields({ confirm: z.string().optional().describe("The queue's id.") }),
      answers: one,
    },
    async ({ params: { queue }, query: { confirm } }) => {
      served.resource(queue);
      confirmed(confirm, queue, "the queue goes back to the consumer that alien.ts declares");
      const { binder, platform } = served.queues;
      if (binder === undefined) throw notHere(queue, undefined, platform);
      await binder.unbind(queue);
      return json(await view(served, queue));
    },
  );

  routes.add(
    {
      method: "post",
      path: "/bindings/:queue/pause",
      id: "pauseBinding",
      group,
      summary: "The same as POST /queues/:queue/pause",
      params: ofQueue,
      body: pauseBody,
      answers: one,
    },
    async ({ params: { queue }, body }) => {
      await served.operations(queue).pause(...pauseOf(body));
      return json(await view(served, queue));
    },
  );

  routes.add(
    {
      method: "post",
      path: "/bindings/:queue/resume",
      id: "resumeBinding",
      group,
      summary: "The same as POST /queues/:queue/resume",
      params: ofQueue,
      body: fields({}),
      answers: one,
    },
    async ({ params: { queue } }) => {
      await served.operations(queue).resume();
      return json(await view(served, queue));
    },
  );
}

async function view(served: Served, queue: string) {
  const declared = consumerOf(served.queues.stack(), queue);
  const control = await served
    .operations(queue)
    .control()
    .catch((error) => {
      if (error instanceof AlienError && error.code === "UNSUPPORTED") return UNKNOWN;
      throw error;
    });
  const { pause, consumer: bound, unknown } = control;
  const consumer = bound ?? declared;
  return {
    queue,
    function: consumer,
    status: unknown ? "unknown" : pause === undefined ? "active" : "paused",
    boundBy: consumer === undefined ? undefined : bound === undefined ? "alien.ts" : "operator",
    declared,
    paused: pause && pauseView(pause),
  };
}

const UNKNOWN: Awaited<ReturnType<QueueOperations["control"]>> = { version: 0, unknown: true };

async function setStatus(
  operations: QueueOperations,
  status: "active" | "paused",
  reason = "paused over the HTTP API",
): Promise<void> {
  if (status === "active") await operations.resume();
  else await operations.pause(reason);
}

function assertConsumer(served: Served, queue: string, consumer: string): void {
  const ids = served.queues
    .stack()
    .resources.filter(({ type }) => type !== "queue")
    .map((resource) => resource.id);
  if (ids.includes(consumer)) return;
  const near = nearest(consumer, ids);
  throw new AlienError(
    "UNKNOWN_FUNCTION",
    `queue "${queue}" cannot be bound to "${consumer}": there is no such function or endpoint`,
    {
      fix:
        near.length === 0
          ? `There is ${ids.join(", ") || "none"}.`
          : `Did you mean ${near.join(" or ")}?`,
      details: { queue, function: consumer, nearest: near },
    },
  );
}

function noConsumer(queue: string): AlienError {
  return new AlienError("OPTION_INVALID", `queue "${queue}" has no consumer, and none is named`, {
    fix: 'Name one: { "function": "worker" }.',
    details: { option: "function" },
  });
}

/** Deploying points triggers at functions: what is set by hand would be gone with the next one. */
function notHere(queue: string, consumer: string | undefined, platform: string): AlienError {
  const line =
    consumer === undefined
      ? `.trigger(${variable(queue)}) on the function that is to consume it`
      : `new alien.Function("${consumer}").trigger(${variable(queue)})`;
  return new AlienError(
    "UNSUPPORTED",
    `queue "${queue}" is on ${platform}, where alien.ts alone says which function consumes it`,
    { fix: `Write ${line} in alien.ts and deploy.`, details: { queue, line } },
  );
}

/** The name an author would give the constant: "image-tasks" is imageTasks. */
function variable(queue: string): string {
  return queue.replace(/[-_]+(.)/g, (_, letter: string) => letter.toUpperCase());
}
