import type { QueueResource } from "@alienplatform/core";
import type { Consumer } from "@alienplatform/deploy";
import type { CloudFunctionConfig } from "../part-configs.ts";

const MiB = 1024 * 1024;
const GiB_MIB = 1_024;

/** Supported until April 2027, and built upon until October. https://cloud.google.com/functions/docs/runtime-support */
export const RUNTIME = "nodejs22";
/** What the host calls: the bundle's default export. */
export const ENTRY_POINT = "default";

/** https://cloud.google.com/run/docs/configuring/services/memory-limits */
export const LEAST_MEMORY_MIB = 128;
export const MOST_MEMORY_MIB = 32 * GiB_MIB;
const MEMORY_MIB = 512;
const TIMEOUT_SECONDS = 60;
/** Handlers of a queue that an instance runs at once, as a process of one's own does. */
const PER_INSTANCE = 10;
/** What Cloud Run functions starts at most unless told otherwise. */
const INSTANCES = 100;

/** MiB, 512 unless it is declared. */
export function memoryOf(consumer: Consumer): number {
  const bytes = consumer.type === "function" ? consumer.memoryBytes : undefined;
  return bytes === undefined ? MEMORY_MIB : Math.ceil(bytes / MiB);
}

/** Whole seconds, 60 unless it is declared. */
export function timeoutOf(consumer: Consumer): number {
  const ms = consumer.type === "function" ? consumer.timeoutMs : undefined;
  return ms === undefined ? TIMEOUT_SECONDS : Math.ceil(ms / 1_000);
}

/** The processors that this much memory asks for. https://cloud.google.com/run/docs/configuring/services/cpu */
export function processorsOf(memoryMiB: number): string {
  if (memoryMiB <= 4 * GiB_MIB) return "1";
  if (memoryMiB <= 8 * GiB_MIB) return "2";
  return memoryMiB <= 16 * GiB_MIB ? "4" : "8";
}

/** How far a function goes. */
export type Scaling = Pick<
  CloudFunctionConfig,
  "maxInstanceCount" | "maxInstanceRequestConcurrency"
>;

/**
 * A push brings one message, and each is a request: so instances times requests of an instance are the handlers at once.
 * The bound is that of the whole function: of several queues the narrowest.
 */
export function scalingOf(queues: readonly Pick<QueueResource, "concurrency">[]): Scaling {
  const bounds = queues.flatMap(({ concurrency }) => concurrency ?? []);
  if (bounds.length === 0) {
    return { maxInstanceCount: INSTANCES, maxInstanceRequestConcurrency: PER_INSTANCE };
  }
  const bound = Math.min(...bounds);
  const most = Math.min(PER_INSTANCE, bound);
  const each = range(most).find((size) => bound % size === 0) ?? 1;
  return { maxInstanceCount: bound / each, maxInstanceRequestConcurrency: each };
}

/** From n down to 1. */
function range(n: number): readonly number[] {
  return Array.from({ length: n }, (_, at) => n - at);
}
