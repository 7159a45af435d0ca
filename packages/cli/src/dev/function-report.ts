import type { FunctionMessage } from "@alienplatform/sdk/function";
import { documentOf } from "../print/error.ts";
import type { FunctionListener } from "./function-process.ts";
import type { Report } from "./reporter.ts";

/** Turns what a function's process says into events of dev. */
export class FunctionReport implements FunctionListener {
  readonly #id: string;
  readonly #report: Report;

  constructor(id: string, report: Report) {
    this.#id = id;
    this.#report = report;
  }

  onMessage(message: FunctionMessage): void {
    switch (message.type) {
      case "ready":
        return;
      case "delivery": {
        const { error, ...delivery } = message;
        const reason = error === undefined ? {} : { reason: error.message };
        this.#report({ ...delivery, function: this.#id, ...reason });
        return;
      }
      case "log":
        this.#report({ ...message, function: this.#id });
        return;
      case "error": {
        const { type: _, queue, code, stack, ...rest } = message;
        // An error of ours says where to read more; of others the stack is what helps.
        const more = /^[A-Z_]+$/.test(code)
          ? { docs: documentOf(code) }
          : stack === undefined
            ? {}
            : { stack };
        this.#report({ type: "problem", function: this.#id, error: { code, ...rest, ...more } });
        return;
      }
    }
  }

  onLine(stream: "stdout" | "stderr", line: string): void {
    this.#report({ type: "output", function: this.#id, stream, line });
  }
}
