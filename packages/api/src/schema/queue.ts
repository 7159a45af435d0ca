import { z } from "zod";
import { time, whole } from "./scalars.ts";

export const stats = z
  .object({
    ready: whole,
    delayed: whole.optional().describe("Left out where the platform counts them among the ready."),
    inFlight: whole.optional().describe("Left out where the platform counts them among the ready."),
    dead: whole,
    oldestAgeMs: z.number().optional(),
    rates: z
      .object({
        sent: z.number(),
        acked: z.number(),
        failed: z.number(),
        waitedMs: z.object({ p50: z.number(), p95: z.number() }).optional(),
      })
      .optional()
      .describe("Messages a second over the last minute."),
  })
  .meta({ id: "Stats" });

export const paused = z
  .object({
    reason: z.string(),
    since: time,
    until: time.optional(),
    whilePaused: z.enum(["wait", "deadLetter"]),
    declared: z.literal(true).optional().describe("alien.ts starts the queue paused."),
  })
  .meta({ id: "Paused" });

/** One queue in the list of all. */
export const queueSummary = z
  .object({
    id: z.string(),
    fifo: z.boolean(),
    stats: stats.optional().describe("Left out where the platform tells no counts."),
    paused: paused.optional(),
    consumer: z.string().optional(),
    boundBy: z.enum(["alien.ts", "operator"]).optional(),
  })
  .meta({ id: "Queue" });

export const declaration = z.object({
  maxAttempts: z.int(),
  backoff: z.object({
    initial: z.string(),
    factor: z.number(),
    max: z.string(),
    jitter: z.enum(["full", "none"]),
  }),
  lease: z.string(),
  retention: z.string(),
  fifo: z.object({ group: z.string().optional() }).optional(),
  concurrency: z.int().optional(),
  results: z.string().optional(),
  deadLetters: z.string().optional(),
  idempotency: z.object({ conflict: z.enum(["original", "error"]) }),
});

export const queueDetail = queueSummary
  .extend({
    declaration,
    capabilities: z.record(z.string(), z.unknown()).optional(),
    schema: z
      .unknown()
      .optional()
      .describe("JSON Schema of what may be sent, where it can be had."),
  })
  .meta({ id: "QueueDetail" });
