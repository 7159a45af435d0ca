import type { QueueBinding, QueueOptions } from "@alienplatform/bindings";
import type { QueueResource } from "@alienplatform/core";
import type { DeclaredPause, QueueSpec } from "../engine/port.ts";

/** Here every queue keeps the records of its jobs: looking back at the last day is what a laptop is for. */
const RESULTS_MS = 24 * 60 * 60 * 1000;

/** What the engine keeps of a binding; without a trigger nothing is said of pausing. */
export function specOf({ queue, options }: QueueBinding, trigger?: DeclaredPause): QueueSpec {
  const {
    maxAttempts,
    leaseMs,
    retentionMs,
    fifo,
    concurrency,
    idempotency,
    resultsMs,
    deadLetters,
  } = options;
  return {
    name: queue,
    maxAttempts,
    leaseMs,
    retentionMs,
    fifo: fifo !== undefined,
    ...(concurrency === undefined ? {} : { concurrency }),
    conflict: idempotency.conflict,
    ...(deadLetters === undefined ? {} : { deadLetters }),
    ...(resultsMs === undefined ? {} : { resultsMs }),
    ...(trigger === undefined ? {} : { trigger }),
  };
}

/**
 * The binding of a declared queue to a data directory of this machine. `platforms` are those that its stack names, whose
 * limits hold here too.
 */
export function localBinding(
  resource: QueueResource,
  directory: string,
  platforms: readonly string[] = [],
): QueueBinding {
  const {
    maxAttempts,
    backoff,
    leaseMs,
    retentionMs,
    fifo,
    concurrency,
    idempotency,
    deadLetters,
  } = resource;
  const others = platforms.filter((platform) => platform !== "local");
  const options: QueueOptions = {
    maxAttempts,
    backoff,
    leaseMs,
    retentionMs,
    idempotency,
    resultsMs: resource.resultsMs ?? RESULTS_MS,
    ...(fifo === undefined ? {} : { fifo }),
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(deadLetters === undefined ? {} : { deadLetters }),
    ...(others.length === 0 ? {} : { platforms: others }),
  };
  return { version: 1, platform: "local", queue: resource.id, options, address: { directory } };
}
