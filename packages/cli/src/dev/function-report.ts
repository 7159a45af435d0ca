import type { FunctionMessage } from "@alienplatform/sdk/function";
import { documentOf } from "../print/error.ts";
import { placeOf } from "../print/place.ts";
import type { FunctionListener } from "./function-process.ts";
import type { Report } from "./reporter.ts";

/** Turns what a function's process says into events of dev. */
export class FunctionReport implements FunctionListener {
  readonly #id: string;
  readonly #directory: string;
  readonly #report: Report;

  /** Places in the source are told relative to the directory. */
  constructor(id: string, directory: string, report: Report) {
    this.#id = id;
    this.#directory = directory;
    this.#report = report;
  }

  onMessage(message: FunctionMessage): void {
    switch (message.type) {
      case "ready":
        return;
      case "delivery": {
        const { error, ...delivery } = message;
        const place = placeOf(error?.stack, this.#directory);
        this.#report({
          ...delivery,
          function: this.#id,
          ...(error === undefined ? {} : { reason: error.message }),
          ...(place === undefined ? {} : { place }),
        });
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
