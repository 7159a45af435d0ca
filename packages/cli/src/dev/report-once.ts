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
    const { message, details } = event.error;
    // The first problem of two functions may be the same where the others are not.
    const all = JSON.stringify([message, details?.others]);
    const told = this.#told.has(all);
    this.#told.add(all);
    this.#report(told ? { ...event, again: true } : event);
  };

  /** With the next change everything is told anew. */
  next(): void {
    this.#told.clear();
  }
}
