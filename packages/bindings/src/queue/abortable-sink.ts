import { AlienError } from "@alienplatform/core";
import type { Sink } from "./batcher.ts";
import type { Refused } from "./retry.ts";

/**
 * Gives a signal to what shares its calls with others: after an abort what has not gone out stays here, the answer
 * of what has is not waited for, and the others notice nothing.
 */
export class AbortableSink<Result> implements Sink<Result | Refused> {
  readonly #inner: Sink<Result | Refused>;
  readonly #signal: AbortSignal;
  /** Those without a result, and how to give up those that are under way. */
  readonly #open = new Map<number, (() => void) | undefined>();
  readonly #abort = () => this.#end();
  gone = false;

  constructor(inner: Sink<Result | Refused>, signal: AbortSignal, count: number) {
    this.#inner = inner;
    this.#signal = signal;
    for (let position = 0; position < count; position++) this.#open.set(position, undefined);
    signal.addEventListener("abort", this.#abort, { once: true });
  }

  begun(position: number, leave: () => void): void {
    this.#open.set(position, leave);
  }

  settle(position: number, result: Result | Refused): void {
    if (!this.#open.delete(position)) return;
    if (this.#open.size === 0) this.#signal.removeEventListener("abort", this.#abort);
    this.#inner.settle(position, result);
  }

  #end(): void {
    this.gone = true;
    for (const [position, leave] of [...this.#open]) {
      leave?.();
      this.settle(position, { ok: false, error: aborted(this.#signal, leave !== undefined) });
    }
  }
}

/** What a send answers whose signal has fired. */
export function aborted({ reason }: AbortSignal, begun: boolean): AlienError {
  const text = begun
    ? "the call was aborted; whether it was carried out is unknown"
    : "the send was aborted; nothing was sent";
  return new AlienError("ABORTED", text, { cause: reason });
}
