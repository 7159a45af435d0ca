import type { Delivery, Ended, Failure, ProcessWatch } from "@alienplatform/bindings";
import { type Context, context, trace } from "@opentelemetry/api";
import { attribute } from "./names.ts";
import { type OperationError, TimedSpan, type TimedSpanOptions } from "./timed-span.ts";
import { toTrace } from "./trace-header.ts";

/** A handler's run, from its start until its delivery is settled; its span ends when the handler does. */
export class Processing extends TimedSpan implements ProcessWatch {
  readonly #delivery: Delivery;
  readonly #parent: Context;
  #decidedAt: number | undefined;

  constructor(options: TimedSpanOptions, delivery: Delivery, parent: Context) {
    super(options);
    this.#delivery = delivery;
    this.#parent = parent;
  }

  run<Result>(handle: (delivery: Delivery) => Result): Result {
    if (this.span === undefined) return handle(this.#delivery);
    const carried = toTrace(this.span.spanContext());
    const { headers } = this.#delivery;
    const delivery =
      carried === undefined
        ? this.#delivery
        : { ...this.#delivery, headers: { ...headers, trace: carried } };
    return context.with(trace.setSpan(this.#parent, this.span), () => handle(delivery));
  }

  decided(): void {
    this.#decidedAt ??= performance.now();
  }

  ended(ended: Ended, failure: Failure | undefined): void {
    const error = errorOf(ended, failure);
    const at = this.#decidedAt ?? performance.now();
    if (failure?.stack !== undefined) {
      const { code, message, stack } = failure;
      this.span?.recordException({ name: code, message, stack }, at);
    }
    this.#count(ended, failure);
    this.end(error, this.instruments?.processDuration, at);
  }

  #count(ended: Ended, failure: Failure | undefined): void {
    const attributes = this.attributes(undefined);
    if (ended === "retry") this.instruments?.retries.add(1, attributes);
    if (ended === "lost") this.instruments?.leaseLost.add(1, attributes);
    if (ended !== "deadLetter" || failure === undefined) return;
    this.span?.setAttribute(attribute.deadLetterReason, failure.code);
    this.instruments?.deadLettered.add(1, { ...attributes, [attribute.reason]: failure.code });
  }
}

function errorOf(ended: Ended, failure: Failure | undefined): OperationError | undefined {
  if (ended === "ack") return undefined;
  if (ended === "release") return { type: "ABORTED", message: "the process is shutting down" };
  if (failure === undefined) return { type: "LEASE_EXPIRED", message: "the lease was lost" };
  // A schema's words may quote the payload.
  const message =
    failure.code === "PAYLOAD_REFUSED" ? "a schema refused the payload" : failure.message;
  return { type: failure.code, message };
}
