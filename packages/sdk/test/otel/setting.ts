import { type QueueOptions, VirtualClock } from "@alienplatform/bindings";
import {
  defaultOptions,
  ReferenceDriver,
  ReferenceQueue,
} from "@alienplatform/bindings/conformance";
import { consume } from "@alienplatform/sdk";
import { type TraceParent, traceQueues } from "@alienplatform/sdk/otel";
import { useQueues } from "@alienplatform/sdk/testing-hook";
import { context, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  type Sampler,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";

export interface TracedOptions extends Partial<QueueOptions> {
  readonly driver?: typeof ReferenceDriver;
  readonly parent?: TraceParent;
  readonly sampler?: Sampler;
}

/** Queues of one test, with an SDK that keeps its spans in memory. */
export class Traced {
  readonly clock = new VirtualClock();
  readonly #exporter = new InMemorySpanExporter();
  readonly #queues = new Map<string, ReferenceQueue>();
  readonly #sampler: Sampler | undefined;
  readonly #restore: () => void;

  constructor(given: TracedOptions = {}) {
    const { driver: Driver = ReferenceDriver, parent, sampler, ...options } = given;
    this.#sampler = sampler;
    traceQueues(parent === undefined ? {} : { parent });
    this.register();
    const queueOptions = { ...defaultOptions, ...options };
    this.#restore = useQueues(async (queue) => {
      const binding = {
        version: 1,
        platform: "reference",
        queue,
        options: queueOptions,
        address: {},
      } as const;
      const driver = new Driver(this.store(queue, queueOptions));
      return { driver, binding, clock: this.clock, random: Math.random };
    });
  }

  register(): void {
    const spanProcessors = [new SimpleSpanProcessor(this.#exporter)];
    const sampler = this.#sampler === undefined ? {} : { sampler: this.#sampler };
    trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors, ...sampler }));
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  }

  unregister(): void {
    trace.disable();
    context.disable();
  }

  /** Runs the registered handlers over what is ready, and over what `during` makes ready. */
  async consume(during: () => Promise<unknown> = () => this.clock.advance(1)): Promise<void> {
    const stop = new AbortController();
    const consuming = consume({ signal: stop.signal, deadline: "1ms", onEvent: () => undefined });
    await during();
    stop.abort();
    await this.clock.advance(1);
    await consuming;
  }

  /** What a client or a consumer of the test's own is made of. */
  parts(queue: string) {
    const driver = new ReferenceDriver(this.store(queue));
    return { driver, options: defaultOptions, clock: this.clock };
  }

  store(queue: string, options = defaultOptions): ReferenceQueue {
    const known = this.#queues.get(queue) ?? new ReferenceQueue(queue, options, this.clock);
    this.#queues.set(queue, known);
    return known;
  }

  get finished(): readonly ReadableSpan[] {
    return this.#exporter.getFinishedSpans();
  }

  /** Every finished span in the order of ending, with parents and links by name. */
  spans(): readonly SpanShape[] {
    return this.finished.map((span) => shapeOf(span, this.finished));
  }

  close(): void {
    this.#restore();
    this.unregister();
  }
}

export interface SpanShape {
  readonly span: string;
  readonly parent?: string;
  readonly links?: readonly string[];
  readonly status?: string;
  readonly events?: readonly string[];
  readonly attributes: Readonly<Record<string, unknown>>;
}

function eventShape({ name, attributes = {} }: ReadableSpan["events"][number]): string {
  const traced = String(attributes["exception.stacktrace"]).includes(".test.ts:");
  const { "exception.type": type, "exception.message": message } = attributes;
  return `${name} ${type}: ${message}${traced ? " with its stack" : ""}`;
}

function shapeOf(span: ReadableSpan, all: readonly ReadableSpan[]): SpanShape {
  const nameOf = (id: string) => all.find((one) => one.spanContext().spanId === id)?.name ?? id;
  const parent = span.parentSpanContext;
  const { "messaging.client.id": clientId, ...attributes } = span.attributes;
  if (span.instrumentationScope.name === "@alienplatform/sdk" && !/:\d+$/.test(String(clientId))) {
    throw new Error(`"${span.name}" has no messaging.client.id`);
  }
  return {
    span: `${SpanKind[span.kind]} ${span.name}`,
    ...(parent === undefined ? {} : { parent: nameOf(parent.spanId) }),
    ...(span.links.length === 0
      ? {}
      : { links: span.links.map((link) => nameOf(link.context.spanId)) }),
    ...(span.status.code === SpanStatusCode.UNSET
      ? {}
      : { status: `${SpanStatusCode[span.status.code]} ${span.status.message}` }),
    ...(span.events.length === 0 ? {} : { events: span.events.map(eventShape) }),
    attributes,
  };
}
