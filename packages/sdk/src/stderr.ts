import type { DeliveryEvent, LogLine } from "@alienplatform/bindings";

/** What a handler logs, where nobody else collects it: one JSON line each. */
export function writeLog(line: LogLine): void {
  process.stderr.write(`${JSON.stringify(line)}\n`);
}

/** What went wrong between the consumer and its queue; the consumer goes on. */
export function writeError(queue: string, error: unknown): void {
  const text = error instanceof Error ? error.message : String(error);
  process.stderr.write(`alien: consuming queue "${queue}": ${text}\n`);
}

/** A delivery that did not succeed and why, where nobody else is told: one JSON line. */
export function writeFailure({ queue, id, attempt, outcome, delayMs, error }: DeliveryEvent): void {
  if (outcome === "ack" || outcome === "release") return;
  writeLog({
    level: outcome === "deadLetter" ? "error" : "warn",
    message: error?.message ?? "the lease was lost; the message comes back",
    fields: {
      outcome,
      ...(delayMs === undefined ? {} : { delayMs }),
      ...(error === undefined ? {} : { code: error.code }),
      ...(error?.stack === undefined ? {} : { stack: error.stack }),
    },
    queue,
    id,
    attempt,
  });
}
