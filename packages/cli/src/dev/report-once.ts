import type { Report } from "./reporter.ts";

/** Marks what is wrong with a file that several functions are made of, once it was told of one of them. */
export class ReportOnce {
  readonly #report: Report;
  readonly #told = new Set<string>();

  constructor(report: Report) {
    this.#report = report;
  }

  /** Says an event of a function. */
  readonly report: Report = (event) => {
    if (event.type !== "problem" || event.error.code !== "FUNCTION_BUILD_FAILED") {
      this.#report(event);
      return;
    }
    const { message } = event.error;
    const told = this.#told.has(message);
    this.#told.add(message);
    this.#report(told ? { ...event, again: true } : event);
  };

  /** With the next change everything is told anew. */
  next(): void {
    this.#told.clear();
  }
}
