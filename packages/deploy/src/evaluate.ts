import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { AlienError, formatDuration } from "@alienplatform/core";
import { askProcess } from "./ask-process.ts";
import type { Evaluation, PayloadCheck } from "./evaluation.ts";
import { nodeArguments } from "./node-arguments.ts";

export interface EvaluateOptions {
  readonly signal?: AbortSignal;
  /** When to give up. Default 30 seconds. */
  readonly timeLimitMs?: number;
  /** Gets what alien.ts prints. Default this process's stderr. */
  readonly print?: (text: string) => void;
  /** What the schema of a queue is to check on the way. */
  readonly check?: PayloadCheck;
}

// A string that the compiler does not rewrite, so it has to follow this file's own extension.
const evaluator = fileURLToPath(
  new URL(import.meta.url.endsWith(".ts") ? "./evaluator.ts" : "./evaluator.js", import.meta.url),
);

/** Runs a bundled alien.ts in a process of its own and answers what it declares. */
export async function evaluate(
  bundle: string,
  file: string,
  options: EvaluateOptions = {},
): Promise<Evaluation> {
  const { signal, timeLimitMs = 30_000, print = (line) => process.stderr.write(line) } = options;
  const args = [...nodeArguments(), "--enable-source-maps", evaluator, bundle];
  const said = await askProcess(args, {
    directory: dirname(file),
    input: JSON.stringify(options.check ?? {}),
    signal,
    timeLimitMs,
    print,
  }).catch((cause: unknown) => {
    if (!signal?.aborted) throw cause;
    throw new AlienError("ABORTED", "loading alien.ts was aborted", { cause });
  });
  // The evaluator writes nothing else.
  if (said.report !== undefined) return JSON.parse(said.report) as Evaluation;
  throw silentEnd(said.exitCode, said.late ? timeLimitMs : undefined, file);
}

/** The process ended without a report: it was killed, or had nothing left to do. */
function silentEnd(exitCode: unknown, limitMs: number | undefined, file: string): AlienError {
  if (limitMs !== undefined) {
    return new AlienError(
      "STACK_LOAD_FAILED",
      `alien.ts did not finish loading within ${formatDuration(limitMs)}`,
      { fix: "Declare resources only; remove endless loops and long waits.", details: { file } },
    );
  }
  // Node's exit code for a top-level await that nothing will ever settle.
  const waits = exitCode === 13;
  return new AlienError(
    "STACK_LOAD_FAILED",
    waits
      ? "alien.ts awaits a promise that never settles"
      : `the process that loads alien.ts ended with exit code ${String(exitCode)}`,
    {
      fix: waits ? "Remove the await, or settle its promise." : "Read what it printed above.",
      details: { file },
    },
  );
}
