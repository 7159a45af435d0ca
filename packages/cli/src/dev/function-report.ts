import type { FunctionMessage } from "./function-message.ts";
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
    if (message.type !== "delivery") return;
    const { error, ...delivery } = message;
    this.#report({
      ...delivery,
      function: this.#id,
      ...(error === undefined ? {} : { reason: error.message }),
    });
  }

  onLine(stream: "stdout" | "stderr", line: string): void {
    this.#report({ type: "output", function: this.#id, stream, line });
  }
}
