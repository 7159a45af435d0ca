import type { QueueBinding, QueueOptions } from "@alienplatform/bindings";
import type { QueueResource } from "@alienplatform/core";
import type { QueueSpec } from "../engine/port.ts";

/** What the engine keeps of a binding. */
export function specOf({ queue, options }: QueueBinding): QueueSpec {
  const { maxAttempts, leaseMs, retentionMs, fifo, concurrency, idempotency } = options;
  return {
    name: queue,
    maxAttempts,
    leaseMs,
    retentionMs,
    fifo: fifo !== undefined,
    ...(concurrency === undefined ? {} : { concurrency }),
    conflict: idempotency.conflict,
  };
}

/** The binding of a declared queue to a data directory of this machine. */
export function localBinding(resource: QueueResource, directory: string): QueueBinding {
  const { maxAttempts, backoff, leaseMs, retentionMs, fifo, concurrency, idempotency } = resource;
  const options: QueueOptions = {
    maxAttempts,
    backoff,
    leaseMs,
    retentionMs,
    idempotency,
    ...(fifo === undefined ? {} : { fifo }),
    ...(concurrency === undefined ? {} : { concurrency }),
  };
  return { version: 1, platform: "local", queue: resource.id, options, address: { directory } };
}
