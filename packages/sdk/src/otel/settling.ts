import type { SettleVerb, Watch } from "@alienplatform/bindings";
import { attribute } from "./names.ts";
import { operationError, TimedSpan, type TimedSpanOptions } from "./timed-span.ts";

/** What failureOf() gives a receiver's own decision as its code. */
const DECIDED = "HANDLER_FAILED";

/** A settlement, or an extension, that a receiver asked for. */
export class Settling extends TimedSpan implements Watch<unknown> {
  readonly #verb: SettleVerb;

  constructor(options: TimedSpanOptions, verb: SettleVerb) {
    super(options);
    this.#verb = verb;
  }

  /** For several at once: one result each. */
  ended(result: unknown): void {
    const results: readonly unknown[] = Array.isArray(result) ? result : [];
    const refused = results.filter(isRefused);
    const [first] = refused;
    if (first !== undefined) {
      const message = `${refused.length} of ${results.length} failed`;
      this.end({ type: operationError(first.error).type, message });
      return;
    }
    const attributes = this.attributes(undefined);
    if (this.#verb === "nack") this.instruments?.retries.add(1, attributes);
    if (this.#verb === "deadLetter") {
      this.span?.setAttribute(attribute.deadLetterReason, DECIDED);
      this.instruments?.deadLettered.add(1, { ...attributes, [attribute.reason]: DECIDED });
    }
    this.end(undefined);
  }

  failed(thrown: unknown): void {
    const error = operationError(thrown);
    if (error.type === "RECEIPT_EXPIRED") {
      this.instruments?.leaseLost.add(1, this.attributes(undefined));
    }
    this.end(error);
  }
}

function isRefused(result: unknown): result is { readonly ok: false; readonly error: unknown } {
  return typeof result === "object" && result !== null && "ok" in result && result.ok === false;
}
