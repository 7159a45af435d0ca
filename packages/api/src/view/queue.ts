import type { Pause, QueueStats } from "@alienplatform/bindings";
import type { QueueOperations } from "@alienplatform/bindings/operate";
import {
  AlienError,
  formatDuration,
  type QueueResource,
  type StackData,
} from "@alienplatform/core";
import { iso } from "../json.ts";

/** A pause as the API tells it. */
export function pauseView(pause: Pause) {
  return { ...pause, since: iso(pause.since), until: iso(pause.until) };
}

/** One queue with its numbers, and who consumes it. */
export async function queueView(
  resource: QueueResource,
  operations: QueueOperations,
  stack: StackData,
) {
  const [stats, control] = await Promise.all([
    statsOf(operations),
    orUnsupported(operations.control()),
  ]);
  const pause = control?.pause ?? stats?.paused;
  const bound = control?.consumer;
  const consumer = bound ?? consumerOf(stack, resource.id);
  return {
    id: resource.id,
    fifo: resource.fifo !== undefined,
    stats: stats && countsOf(stats),
    paused: pause && pauseView(pause),
    consumer,
    boundBy: consumer === undefined ? undefined : bound === undefined ? "alien.ts" : "operator",
  };
}

export type QueueView = Awaited<ReturnType<typeof queueView>>;

/** Counts as the API tells them: a pause is told beside them. */
export function countsOf({ paused: _, ...counts }: QueueStats) {
  return counts;
}

/** What alien.ts says of a queue, with durations as people write them. */
export function declarationView(resource: QueueResource) {
  const { maxAttempts, backoff, leaseMs, retentionMs, resultsMs } = resource;
  const { fifo, concurrency, deadLetters, idempotency } = resource;
  return {
    maxAttempts,
    backoff: {
      initial: formatDuration(backoff.initialMs),
      factor: backoff.factor,
      max: formatDuration(backoff.maxMs),
      jitter: backoff.jitter,
    },
    lease: formatDuration(leaseMs),
    retention: formatDuration(retentionMs),
    results: resultsMs === undefined ? undefined : formatDuration(resultsMs),
    fifo,
    concurrency,
    deadLetters,
    idempotency,
  };
}

/** The function or endpoint that alien.ts makes consume the queue. */
export function consumerOf({ resources }: StackData, queue: string): string | undefined {
  return resources.find(
    (resource) => resource.type !== "queue" && resource.triggers.some((one) => one.queue === queue),
  )?.id;
}

/** A queue's numbers; undefined where its platform tells none. */
export function statsOf(operations: QueueOperations) {
  return orUnsupported(operations.stats());
}

async function orUnsupported<Value>(asked: Promise<Value>): Promise<Value | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof AlienError && error.code === "UNSUPPORTED") return undefined;
    throw error;
  }
}
