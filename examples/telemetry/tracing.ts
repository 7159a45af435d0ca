import { context, SpanKind, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  BasicTracerProvider,
  type ReadableSpan,
  SimpleSpanProcessor,
  type SpanExporter,
} from "@opentelemetry/sdk-trace-base";

/** Prints a line per span. A program in production has the OTLP exporter here. */
const lines: SpanExporter = {
  export(spans, done) {
    for (const span of spans) console.log(`span ${JSON.stringify(shown(span))}`);
    done({ code: 0 });
  },
  shutdown: () => Promise.resolve(),
};

function shown(span: ReadableSpan) {
  return {
    name: span.name,
    kind: SpanKind[span.kind],
    traceId: span.spanContext().traceId,
    spanId: span.spanContext().spanId,
    parent: span.parentSpanContext?.spanId,
    linked: span.links.map((link) => link.context.spanId),
  };
}

trace.setGlobalTracerProvider(
  new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(lines)] }),
);
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
