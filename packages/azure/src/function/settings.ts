import type { Consumer } from "@alienplatform/deploy";

const MiB = 1024 * 1024;

/** Supported until April 2027. https://learn.microsoft.com/azure/azure-functions/functions-reference-node#supported-versions */
export const RUNTIME_VERSION = "22";

/** MiB that an instance may have. https://learn.microsoft.com/azure/azure-functions/flex-consumption-plan#instance-sizes */
export const INSTANCE_SIZES = [512, 2_048, 4_096] as const;
const MEMORY_MIB = 512;
const TIMEOUT_SECONDS = 60;

/** Instances of an app at most, and at first. https://learn.microsoft.com/azure/azure-functions/flex-consumption-plan */
const MOST_INSTANCES = 1_000;
const INSTANCES = 100;
/** The host's own number of calls at once on one instance: https://learn.microsoft.com/azure/azure-functions/functions-bindings-service-bus */
const CALLS = 16;

/** MiB that were declared, 512 unless some were. */
export function memoryOf(consumer: Consumer): number {
  const bytes = consumer.type === "function" ? consumer.memoryBytes : undefined;
  return bytes === undefined ? MEMORY_MIB : Math.ceil(bytes / MiB);
}

/** The smallest instance that has as much memory; the largest where none has. */
export function instanceOf(consumer: Consumer): number {
  const wanted = memoryOf(consumer);
  return INSTANCE_SIZES.find((size) => size >= wanted) ?? 4_096;
}

/** Whole seconds, 60 unless it is declared. */
export function timeoutOf(consumer: Consumer): number {
  const ms = consumer.type === "function" ? consumer.timeoutMs : undefined;
  return ms === undefined ? TIMEOUT_SECONDS : Math.ceil(ms / 1_000);
}

/** How many handlers may run at once: instances times the calls of each. */
export interface Scaling {
  readonly maximumInstances: number;
  /** Of one instance: messages, or groups of a FIFO queue. */
  readonly calls: number;
}

/** Instances and calls are an app's, so the least concurrency that one of its queues declares is that of all. */
export function scalingOf(concurrencies: readonly (number | undefined)[]): Scaling {
  const declared = concurrencies.filter((each) => each !== undefined);
  if (declared.length === 0) return { maximumInstances: INSTANCES, calls: CALLS };
  const least = Math.min(...declared);
  const calls = Math.min(CALLS, least);
  return { maximumInstances: Math.min(MOST_INSTANCES, Math.floor(least / calls)), calls };
}
