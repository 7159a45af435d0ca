import type { Delivery, ReceiveWatch } from "@alienplatform/bindings";
import type { Span } from "@opentelemetry/api";
import {
  type OperationError,
  operationError,
  TimedSpan,
  type TimedSpanOptions,
} from "./timed-span.ts";

export interface ReceivingOptions extends Omit<TimedSpanOptions, "span" | "startedAt"> {
  readonly startSpan: (deliveries: readonly Delivery[], startTime: number) => Span | undefined;
}

/** A receive. It has a span only where it brought something: an empty poll says nothing. */
export class Receiving implements ReceiveWatch {
  readonly #options: ReceivingOptions;
  readonly #startedAt = performance.now();
  readonly #deliveries: Delivery[] = [];

  constructor(options: ReceivingOptions) {
    this.#options = options;
  }

  took(delivery: Delivery): void {
    this.#deliveries.push(delivery);
  }

  ended(): void {
    const count = this.#deliveries.length;
    if (count === 0) return;
    this.#options.instruments?.consumed.add(count, this.#options.attributes);
    this.#end(undefined);
  }

  failed(error: unknown): void {
    this.#end(operationError(error));
  }

  #end(error: OperationError | undefined): void {
    const { startSpan, instruments, attributes } = this.#options;
    const startedAt = this.#startedAt;
    const span = startSpan(this.#deliveries, startedAt);
    new TimedSpan({ span, instruments, attributes, startedAt }).end(error);
  }
}
