import { type Attributes, type Histogram, type Span, SpanStatusCode } from "@opentelemetry/api";
import type { Instruments } from "./instruments.ts";
import { attribute } from "./names.ts";

/** Why an operation did not succeed. */
export interface OperationError {
  /** Low cardinality: an ErrorCode or an error's name. */
  readonly type: string;
  readonly message?: string | undefined;
}

export interface TimedSpanOptions {
  readonly span: Span | undefined;
  readonly instruments: Instruments | undefined;
  /** Of its measurements. */
  readonly attributes: Attributes;
  /** As performance.now() told it; default now. */
  readonly startedAt?: number;
}

/** One operation under way: its span, and since when it runs. */
export class TimedSpan {
  readonly span: Span | undefined;
  readonly instruments: Instruments | undefined;
  readonly #attributes: Attributes;
  readonly #startedAt: number;

  constructor({ span, instruments, attributes, startedAt = performance.now() }: TimedSpanOptions) {
    this.span = span;
    this.instruments = instruments;
    this.#attributes = attributes;
    this.#startedAt = startedAt;
  }

  /** What its measurements say, the failure included. */
  attributes(error: OperationError | undefined): Attributes {
    return error === undefined
      ? this.#attributes
      : { ...this.#attributes, [attribute.errorType]: error.type };
  }

  /** Records how long it took and ends the span; `at` is a time of performance.now(). */
  end(
    error: OperationError | undefined,
    duration: Histogram | undefined = this.instruments?.operationDuration,
    at = performance.now(),
  ): void {
    duration?.record((at - this.#startedAt) / 1_000, this.attributes(error));
    if (error !== undefined) {
      const { type, message } = error;
      this.span?.setAttribute(attribute.errorType, type);
      this.span?.setStatus({
        code: SpanStatusCode.ERROR,
        ...(message === undefined ? {} : { message }),
      });
    }
    this.span?.end(at);
  }
}

/** An error of a call of the queue, as spans and metrics name it. */
export function operationError(error: unknown): OperationError {
  if (!(error instanceof Error)) return { type: "_OTHER" };
  const type = "code" in error && typeof error.code === "string" ? error.code : error.name;
  return { type, message: error.message };
}
