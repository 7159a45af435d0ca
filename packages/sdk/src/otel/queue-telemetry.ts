import type {
  Delivery,
  Failure,
  Outgoing,
  ProcessWatch,
  ReceiveWatch,
  SendBatchWatch,
  SendWatch,
  Settled,
  SettleVerb,
  Telemetry,
  Watch,
} from "@alienplatform/bindings";
import {
  type Attributes,
  type Context,
  context,
  type Link,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  type SpanOptions,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import type { ObservedQueue } from "../observed-queue.ts";
import { activeInstruments, type Instruments } from "./instruments.ts";
import { attribute, type Operation, operationType } from "./names.ts";
import { Processing } from "./processing.ts";
import {
  type OperationAttributes,
  operationAttributes,
  outgoingAttributes,
} from "./queue-attributes.ts";
import { Receiving } from "./receiving.ts";
import { Sending, SendingBatch } from "./sending.ts";
import { Settling } from "./settling.ts";
import type { TimedSpanOptions } from "./timed-span.ts";
import { fromTrace } from "./trace-header.ts";
import { traceParent } from "./trace-parent.ts";
import { activeTracer } from "./tracer.ts";

/** Spans and metrics of one queue, for as long as an SDK is registered; for whoever makes a QueueClient himself. */
export function makeTelemetry(queue: ObservedQueue): Telemetry {
  return new QueueTelemetry(queue);
}

class QueueTelemetry implements Telemetry {
  readonly #queue: ObservedQueue;
  readonly #attributes: Readonly<Record<Operation, OperationAttributes>>;

  constructor(queue: ObservedQueue) {
    this.#queue = queue;
    const operations = Object.keys(operationType) as Operation[]; // its keys are the operations
    // Every operation is one of the keys just listed.
    this.#attributes = Object.fromEntries(
      operations.map((operation) => [operation, operationAttributes(queue, operation)]),
    ) as Record<Operation, OperationAttributes>;
  }

  send(message: Outgoing): SendWatch | undefined {
    const on = listening();
    if (on === undefined) return undefined;
    const span = this.#start(on.tracer, "send", SpanKind.PRODUCER, outgoingAttributes(message));
    const keyed = message.idempotencyKey !== undefined;
    return new Sending({ span, ...this.#measured("send", on) }, keyed);
  }

  sendBatch(count: number): SendBatchWatch | undefined {
    const on = listening();
    if (on === undefined) return undefined;
    const span = this.#start(on.tracer, "send", SpanKind.CLIENT, {
      [attribute.batchCount]: count,
    });
    const create = (message: Outgoing) =>
      this.#start(on.tracer, "create", SpanKind.PRODUCER, outgoingAttributes(message));
    return new SendingBatch({ span, ...this.#measured("send", on) }, count, create);
  }

  receive(): ReceiveWatch | undefined {
    const on = listening();
    if (on === undefined) return undefined;
    const startSpan = (deliveries: readonly Delivery[], startTime: number) => {
      const [first] = deliveries;
      const described =
        deliveries.length === 1 && first !== undefined
          ? this.#described(first)
          : { [attribute.batchCount]: deliveries.length };
      const links = deliveries.flatMap(linkTo);
      return this.#start(on.tracer, "receive", SpanKind.CLIENT, described, { startTime, links });
    };
    return new Receiving({ startSpan, ...this.#measured("receive", on) });
  }

  settle(verb: SettleVerb, settled: Settled): Watch<unknown> | undefined {
    const on = listening();
    if (on === undefined) return undefined;
    const span = this.#start(on.tracer, verb, SpanKind.CLIENT, settledAttributes(settled));
    return new Settling({ span, ...this.#measured(verb, on) }, verb);
  }

  process(delivery: Delivery): ProcessWatch | undefined {
    const on = listening();
    if (on === undefined) return undefined;
    const creation = fromTrace(delivery.headers.trace);
    const child = creation !== undefined && traceParent() === "producer";
    // Never the context at hand: that is of whichever handler ended before this one.
    const parent = child ? trace.setSpanContext(ROOT_CONTEXT, creation) : ROOT_CONTEXT;
    const timeInQueueMs = Math.max(0, this.#queue.clock.now() - delivery.sentAt);
    const span = this.#start(
      on.tracer,
      "process",
      SpanKind.CONSUMER,
      { ...this.#described(delivery), [attribute.timeInQueueMs]: timeInQueueMs },
      child ? {} : { links: linkTo(delivery) },
      parent,
    );
    const measured = this.#measured("process", on);
    on.instruments?.consumed.add(1, measured.attributes);
    on.instruments?.timeInQueue.record(timeInQueueMs / 1_000, measured.attributes);
    return new Processing({ span, ...measured }, delivery, parent);
  }

  refused({ code }: Failure): void {
    const { attributes, instruments } = this.#measured("receive", listening());
    instruments?.deadLettered.add(1, { ...attributes, [attribute.reason]: code });
  }

  #start(
    tracer: Tracer | undefined,
    operation: Operation,
    kind: SpanKind,
    attributes: Attributes,
    options: Omit<SpanOptions, "kind" | "attributes"> = {},
    parent: Context = context.active(),
  ): Span | undefined {
    return tracer?.startSpan(
      `${operation} ${this.#queue.queue}`,
      { ...options, kind, attributes: { ...this.#attributes[operation].span, ...attributes } },
      parent,
    );
  }

  #measured(operation: Operation, on: Listening | undefined): Measured {
    return { instruments: on?.instruments, attributes: this.#attributes[operation].metric };
  }

  #described({ id, attempt, group, priority }: Delivery): Attributes {
    return {
      [attribute.messageId]: id,
      [attribute.attempt]: attempt,
      [attribute.maxAttempts]: this.#queue.maxAttempts,
      ...(group === undefined ? {} : { [attribute.group]: group }),
      ...(priority === undefined ? {} : { [attribute.priority]: priority }),
    };
  }
}

type Measured = Pick<TimedSpanOptions, "instruments" | "attributes">;

interface Listening {
  readonly tracer: Tracer | undefined;
  readonly instruments: Instruments | undefined;
}

/** Undefined while no SDK is registered: the way of every message of a program without one. */
function listening(): Listening | undefined {
  const tracer = activeTracer();
  const instruments = activeInstruments();
  return tracer === undefined && instruments === undefined ? undefined : { tracer, instruments };
}

function linkTo({ headers }: Delivery): Link[] {
  const creation = fromTrace(headers.trace);
  return creation === undefined ? [] : [{ context: creation }];
}

/** Of a receipt alone no id is known. */
function settledAttributes(settled: Settled): Attributes {
  if (typeof settled === "string") return {};
  return "length" in settled
    ? { [attribute.batchCount]: settled.length }
    : { [attribute.messageId]: settled.id };
}
