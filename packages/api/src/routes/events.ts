import type { Clock } from "@alienplatform/bindings";
import { AlienError } from "@alienplatform/core";
import { z } from "zod";
import { iso, json } from "../json.ts";
import { eventStream } from "../live/event-stream.ts";
import { Feed } from "../live/feed.ts";
import type { Sampler } from "../live/sampler.ts";
import { Sources } from "../live/sources.ts";
import { fields } from "../names.ts";
import type { Operations } from "../operations/operations.ts";
import type { Routes } from "../route.ts";
import { stats } from "../schema/queue.ts";
import { id, time } from "../schema/scalars.ts";
import type { Served } from "../served.ts";
import { ofQueue } from "./queues.ts";

const MOST_CLIENTS = 50;

/** What the live routes stand on. */
export interface Live {
  readonly sampler: Sampler;
  readonly operations: Operations;
  readonly clock: Clock;
  /** False where answers are sent as a whole, as behind Lambda. */
  readonly streams: boolean;
}

/** GET /queues/:queue/samples and GET /events: how it was, and what happens. */
export function liveRoutes(routes: Routes, served: Served, live: Live): void {
  const { sampler, operations, clock, streams } = live;
  const feed = new Feed(clock);
  const sources = new Sources(served, feed, sampler, operations, clock);
  const run = crypto.randomUUID().slice(0, 8);
  let clients = 0;

  routes.add(
    {
      method: "get",
      path: "/queues/:queue/samples",
      id: "listSamples",
      group: "queues",
      summary: "Counts and rates each second, ten minutes back, since somebody first asked",
      params: ofQueue,
      answers: {
        200: {
          description: "Oldest first.",
          schema: z.object({ items: z.array(stats.extend({ at: time })) }),
        },
      },
    },
    ({ params: { queue } }) => {
      served.resource(queue);
      const items = sampler
        .samples(queue)
        .map(({ at, stats: counts }) => ({ at: iso(at), ...counts }));
      return json({ items });
    },
  );

  routes.add(
    {
      method: "get",
      path: "/events",
      id: "events",
      group: "events",
      summary:
        "Server-sent events: stats, activity, bindings, operation; resumes from Last-Event-ID",
      query: fields({ queue: id.optional() }),
      answers: {
        200: {
          description: "For as long as it is read.",
          schema: z.string(),
          type: "text/event-stream",
        },
      },
    },
    ({ query: { queue }, context, signal }) => {
      if (queue !== undefined) served.resource(queue);
      if (!streams) throw noStreams();
      if (clients >= MOST_CLIENTS) throw tooMany();
      clients++;
      sources.start();
      const body = eventStream({
        feed,
        clock,
        run,
        queue,
        lastId: context.req.header("last-event-id"),
        signal,
        onEnd: () => {
          clients--;
          if (clients === 0) sources.stop();
        },
      });
      return new Response(body, {
        headers: { "content-type": "text/event-stream", "x-accel-buffering": "no" },
      });
    },
  );
}

function tooMany(): AlienError {
  return new AlienError("THROTTLED", `${MOST_CLIENTS} readers of events are connected already`, {
    fix: "Close one of them: every open page of the console is one.",
    retryable: true,
    details: { limit: MOST_CLIENTS, retryAfterMs: 5_000 },
  });
}

function noStreams(): AlienError {
  return new AlienError("UNSUPPORTED", "this API is served where answers are sent as a whole", {
    fix: "Ask GET /queues again and again, or GET /queues/:queue/samples.",
  });
}
