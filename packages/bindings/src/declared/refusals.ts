import {
  type FunctionResource,
  formatDuration,
  type QueueResource,
  type StackData,
} from "@alienplatform/core";
import type { QueueCapabilities } from "../queue/driver.ts";
import type { PlatformCapabilities } from "./platform-capabilities.ts";

/** One thing that alien.ts declares and a platform cannot do. */
export interface Refusal {
  readonly platform: string;
  /** The id of the queue or function. */
  readonly resource: string;
  /** The option, as it is written: `lease`, `trigger(tasks).whilePaused`. */
  readonly path: string;
  readonly problem: string;
  /** An imperative sentence: the nearest that the platform can. */
  readonly fix: string;
}

/** All that a platform cannot do of what a stack declares; pure, so that plan and dev answer the same. */
export function refusals(stack: StackData, platform: PlatformCapabilities): readonly Refusal[] {
  return stack.resources.flatMap((resource) => {
    const found = problemsOf(resource, stack, platform);
    return found.map((one) => ({ platform: platform.platform, resource: resource.id, ...one }));
  });
}

type Found = Pick<Refusal, "path" | "problem" | "fix">;

function problemsOf(
  resource: StackData["resources"][number],
  stack: StackData,
  platform: PlatformCapabilities,
): readonly Found[] {
  switch (resource.type) {
    case "queue":
      return [
        ...ofQueue(resource, platform.queue(resource)),
        ...ofTriggeredQueue(resource, stack, platform),
      ];
    case "function":
      return [...ofFunction(resource, platform), ...ofTriggers(resource, stack, platform)];
    case "endpoint":
      return [...ofTriggers(resource, stack, platform)];
  }
}

function* ofQueue(queue: QueueResource, can: QueueCapabilities): Generator<Found> {
  const { id, fifo, leaseMs, retentionMs, backoff, resultsMs, idempotency } = queue;
  const { service } = can;
  if (fifo !== undefined && !can.ordered) {
    yield {
      path: "fifo",
      problem: `queue "${id}" is FIFO, and ${service} keeps no order`,
      fix: "Leave out .fifo(), or the platform.",
    };
  }
  if (leaseMs > can.leaseMaxMs && !can.extend) {
    const longest = formatDuration(can.leaseMaxMs);
    yield {
      path: "lease",
      problem: `queue "${id}" has a lease of ${formatDuration(leaseMs)}; ${service} lends for at most ${longest}, and cannot extend`,
      fix: `Declare .lease("${longest}") or less.`,
    };
  }
  const { minMs, maxMs } = can.retention;
  if (retentionMs < minMs || retentionMs > maxMs) {
    const nearest = formatDuration(retentionMs < minMs ? minMs : maxMs);
    yield {
      path: "retention",
      problem: `queue "${id}" keeps messages for ${formatDuration(retentionMs)}; ${service} for ${formatDuration(minMs)} to ${formatDuration(maxMs)}`,
      fix: `Declare .retention("${nearest}").`,
    };
  }
  const { retryDelay } = can;
  // Where retries follow the platform's own schedule the backoff is not asked for; plan prints that schedule.
  const delays = retryDelay.maxMs > 0 && (fifo === undefined || retryDelay.fifo);
  if (delays && backoff.maxMs > retryDelay.maxMs) {
    const longest = formatDuration(retryDelay.maxMs);
    yield {
      path: "backoff.max",
      problem: `queue "${id}" waits up to ${formatDuration(backoff.maxMs)} for a retry; ${service} delays one by at most ${longest}`,
      fix: `Declare .backoff({ max: "${longest}" }) or less.`,
    };
  }
  if (resultsMs !== undefined && !can.jobs) {
    yield {
      path: "results",
      problem: `queue "${id}" keeps results; on ${service} there are no records of jobs`,
      fix: "Leave out .results(), and let the handler write its result where you look for it.",
    };
  }
  if (idempotency.conflict === "error" && !can.idempotency) {
    yield {
      path: "idempotency.conflict",
      problem: `queue "${id}" refuses a key with another payload; ${service} keeps no idempotency keys`,
      fix: "Leave out .idempotency(), and make the handler safe to repeat.",
    };
  }
}

function* ofTriggeredQueue(
  { id, concurrency, fifo }: QueueResource,
  { resources }: StackData,
  { trigger }: PlatformCapabilities,
): Generator<Found> {
  if (trigger === undefined || concurrency === undefined || fifo !== undefined) return;
  const triggered = resources.some(
    (one) => one.type !== "queue" && one.triggers.some(({ queue }) => queue === id),
  );
  if (!triggered || concurrency >= trigger.concurrencyMin) return;
  const { service, concurrencyMin } = trigger;
  yield {
    path: "concurrency",
    problem: `queue "${id}" bounds its handlers to ${concurrency}; ${service} can keep no bound under ${concurrencyMin} on a queue that is not FIFO`,
    fix: `Declare .fifo() with one group, or .concurrency(${concurrencyMin}).`,
  };
}

function* ofFunction(
  { id, timeoutMs }: FunctionResource,
  { trigger }: PlatformCapabilities,
): Generator<Found> {
  const { service, timeoutMaxMs } = trigger ?? {};
  if (timeoutMs === undefined || timeoutMaxMs === undefined || timeoutMs <= timeoutMaxMs) return;
  const longest = formatDuration(timeoutMaxMs);
  yield {
    path: "timeout",
    problem: `function "${id}" may run for ${formatDuration(timeoutMs)}; ${service} ends one after ${longest}`,
    fix: `Declare .timeout("${longest}") or less, or run its handlers with consume() in a process of your own.`,
  };
}

function* ofTriggers(
  { id, triggers }: Pick<FunctionResource, "id" | "triggers">,
  { resources }: StackData,
  platform: PlatformCapabilities,
): Generator<Found> {
  for (const { queue, whilePaused, batchSize } of triggers) {
    const declared = resources.find((one) => one.type === "queue" && one.id === queue);
    const { service: caller, groupBatchMax = batchSize } = platform.trigger ?? {};
    if (declared?.type === "queue" && declared.fifo !== undefined && batchSize > groupBatchMax) {
      yield {
        path: `trigger(${queue}).batchSize`,
        problem: `"${id}" takes ${batchSize} messages of the FIFO queue "${queue}" at once; on ${caller} those behind a failed one would spend their attempts unrun`,
        fix:
          groupBatchMax === 1
            ? "Leave out batchSize: groups run side by side all the same."
            : `Declare batchSize: ${groupBatchMax} or less.`,
      };
    }
    if (whilePaused !== "deadLetter" || declared?.type !== "queue") continue;
    const { pausing, service } = platform.queue(declared);
    if (pausing) continue;
    yield {
      path: `trigger(${queue}).whilePaused`,
      problem: `"${id}" dead-letters what arrives at "${queue}" while it is paused; ${service} can only let it wait`,
      fix: "Leave out whilePaused.",
    };
  }
}
