import type { LogLine } from "@alienplatform/bindings";

/** What a handler logs, where nobody else collects it: one JSON line each. */
export function writeLog(line: LogLine): void {
  process.stderr.write(`${JSON.stringify(line)}\n`);
}

/** What went wrong between the consumer and its queue; the consumer goes on. */
export function writeError(queue: string, error: unknown): void {
  const text = error instanceof Error ? error.message : String(error);
  process.stderr.write(`alien: consuming queue "${queue}": ${text}\n`);
}
