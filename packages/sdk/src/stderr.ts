import type { DeliveryEvent, LogLine } from "@alienplatform/bindings";
import { writeLine } from "#write-line";
import { errorMessage } from "./function-message.ts";

/** What a handler logs, where nobody else collects it: one JSON line each. */
export function writeLog(line: LogLine): void {
  writeLine(JSON.stringify(line));
}

/** What went wrong between the consumer and its queue; the consumer goes on. */
export function writeError(queue: string, error: unknown): void {
  const text = error instanceof Error ? error.message : String(error);
  writeLine(`alien: consuming queue "${queue}": ${text}`);
}

/** What the fetch of a function threw, where nobody else is told; the path without its query, which may hold anything. */
export function writeRequestFailure({ method, url }: Request, error: unknown): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  writeLine(`alien: ${method} ${new URL(url).pathname}: ${text}`);
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

/** The same as one JSON line. */
export function writeRequestProblem({ method, url }: Request, error: unknown): void {
  const { type: level, message, ours: _, ...fields } = errorMessage(error);
  const { pathname: path } = new URL(url);
  writeLine(JSON.stringify({ level, message, method, path, ...fields }));
}

/** What went wrong beside a delivery, where nobody else is told: one JSON line. */
export function writeProblem(error: unknown, queue?: string): void {
  const { type: level, message, ours: _, ...fields } = errorMessage(error, queue);
  writeLine(JSON.stringify({ level, message, ...fields }));
}
