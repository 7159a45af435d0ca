import type { FunctionMessage } from "@alienplatform/sdk/function";
import { type ErrorReport, explanationOf } from "../print/error.ts";
import { type Trace, traceOf } from "../print/trace.ts";
import type { FunctionListener } from "./function-process.ts";
import type { Report } from "./reporter.ts";

/** Turns what a function's process says into events of dev. */
export class FunctionReport implements FunctionListener {
  readonly #id: string;
  readonly #directory: string;
  readonly #report: Report;
  /** Places that were shown: a message that fails again fails at the same one. */
  readonly #shown = new Set<string>();

  /** Places in the source are told relative to the directory. */
  constructor(id: string, directory: string, report: Report) {
    this.#id = id;
    this.#directory = directory;
    this.#report = report;
  }

  onMessage(message: FunctionMessage): void {
    switch (message.type) {
      case "listen":
      case "ready":
      case "draining":
        return;
      case "delivery": {
        const { error, ...delivery } = message;
        const trace = traceOf(error?.stack, this.#directory);
        this.#report({
          ...delivery,
          function: this.#id,
          ...(error === undefined ? {} : { reason: error.message }),
          ...(trace === undefined ? {} : this.#placed(trace)),
        });
        return;
      }
      case "log":
        this.#report({ ...message, function: this.#id });
        return;
      case "error": {
        const { type: _, queue, stack, ours, ...rest } = message;
        // An error of ours says where to read more; of others the stack is what helps.
        const more = ours ? { more: explanationOf(rest.code) } : this.#located(stack);
        this.#report({ type: "problem", function: this.#id, error: { ...rest, ...more } });
        return;
      }
    }
  }

  /** The frame once for each place of this code: a new process has new code. */
  #placed({ place, frame, calls }: Trace): Partial<Trace> {
    if (this.#shown.has(place)) return { place };
    this.#shown.add(place);
    return { place, ...(frame === undefined ? {} : { frame }), calls };
  }

  #located(stack: string | undefined): Partial<ErrorReport> {
    const trace = traceOf(stack, this.#directory);
    if (trace === undefined) return stack === undefined ? {} : { stack };
    const { frame, calls } = trace;
    return {
      ...(frame === undefined ? {} : { details: { frame } }),
      stack: calls.map((call) => `    ${call}`).join("\n"),
    };
  }

  onLine(stream: "stdout" | "stderr", line: string): void {
    this.#report({ type: "output", function: this.#id, stream, line });
  }
}
