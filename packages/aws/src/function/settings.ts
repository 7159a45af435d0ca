import type { Consumer } from "@alienplatform/deploy";

const MiB = 1024 * 1024;

/**
 * The newest that is supported for long: until April 2028. Node.js 22 ends in April 2027, and of Node.js 20 no function
 * can be made any more. https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
 */
export const RUNTIME = "nodejs24.x";

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const LEAST_MEMORY_MIB = 128;
export const MOST_MEMORY_MIB = 10_240;
const MEMORY_MIB = 512;
const TIMEOUT_SECONDS = 60;

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
