import type {
  Outgoing,
  SendBatchWatch,
  SendResult,
  SendWatch,
  Trace,
} from "@alienplatform/bindings";
import type { Span } from "@opentelemetry/api";
import { attribute } from "./names.ts";
import {
  type OperationError,
  operationError,
  TimedSpan,
  type TimedSpanOptions,
} from "./timed-span.ts";
import { toTrace } from "./trace-header.ts";

/** A message sent by itself: its span is what the message's trace comes from. */
export class Sending extends TimedSpan implements SendWatch {
  readonly trace: Trace | undefined;
  /** Whether the message has an idempotency key. */
  readonly #keyed: boolean;

  constructor(options: TimedSpanOptions, keyed: boolean) {
    super(options);
    this.trace = options.span && toTrace(options.span.spanContext());
    this.#keyed = keyed;
  }

  ended(result: SendResult): void {
    if (!result.ok) {
      this.failed(result.error);
      return;
    }
    if (this.#keyed) {
      this.span?.setAttribute(attribute.deduplicated, result.deduplicated);
      // Of a repeat this is the first message: the new id belongs to nothing.
      this.span?.setAttribute(attribute.messageId, result.id);
    }
    if (result.deduplicated) this.instruments?.deduplicated.add(1, this.attributes(undefined));
    this.#end(undefined);
  }

  failed(error: unknown): void {
    this.#end(operationError(error));
  }

  #end(error: OperationError | undefined): void {
    this.instruments?.sent.add(1, this.attributes(error));
    this.end(error);
  }
}

/** Many messages sent at once: a span for each of them, which its trace comes from, and one for the call. */
export class SendingBatch extends TimedSpan implements SendBatchWatch {
  readonly #startCreate: (message: Outgoing) => Span | undefined;
  readonly #count: number;

  constructor(
    options: TimedSpanOptions,
    count: number,
    startCreate: (message: Outgoing) => Span | undefined,
  ) {
    super(options);
    this.#count = count;
    this.#startCreate = startCreate;
  }

  create(message: Outgoing): Trace | undefined {
    const span = this.#startCreate(message);
    if (span === undefined) return undefined;
    span.end();
    const context = span.spanContext();
    this.span?.addLink({ context });
    return toTrace(context);
  }

  ended(results: readonly SendResult[]): void {
    const errors = new Map<string, number>();
    let deduplicated = 0;
    for (const result of results) {
      if (!result.ok) errors.set(result.error.code, (errors.get(result.error.code) ?? 0) + 1);
      else if (result.deduplicated) deduplicated++;
    }
    let failed = 0;
    for (const [type, count] of errors) {
      this.instruments?.sent.add(count, this.attributes({ type }));
      failed += count;
    }
    const sent = results.length - failed;
    if (sent > 0) this.instruments?.sent.add(sent, this.attributes(undefined));
    if (deduplicated > 0) {
      this.instruments?.deduplicated.add(deduplicated, this.attributes(undefined));
    }
    const [type] = errors.keys();
    const message = `${failed} of ${results.length} messages were not sent`;
    this.end(type === undefined ? undefined : { type, message });
  }

  failed(thrown: unknown): void {
    const error = operationError(thrown);
    this.instruments?.sent.add(this.#count, this.attributes(error));
    this.end(error);
  }
}
