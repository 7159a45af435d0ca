import type { Trace } from "@alienplatform/bindings";
import {
  createTraceState,
  isSpanContextValid,
  type SpanContext,
  TraceFlags,
} from "@opentelemetry/api";

/**
 * A span's context as W3C headers; undefined where there is none. Written here and not by the registered
 * propagator, because every reader of a message's headers counts on this one format.
 */
export function toTrace(context: SpanContext): Trace | undefined {
  if (!isSpanContextValid(context)) return undefined;
  const flags = (context.traceFlags & TraceFlags.SAMPLED).toString(16).padStart(2, "0");
  const traceparent = `00-${context.traceId}-${context.spanId}-${flags}`;
  const tracestate = context.traceState?.serialize();
  return tracestate ? { traceparent, tracestate } : { traceparent };
}

/** The inverse; undefined where the message carries none or a broken one. */
export function fromTrace(carried: Trace | undefined): SpanContext | undefined {
  // Later versions only add parts: https://www.w3.org/TR/trace-context/#versioning-of-traceparent
  const parts =
    carried === undefined
      ? undefined
      : /^(?!ff)[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(-.*)?$/.exec(
          carried.traceparent,
        );
  if (!parts) return undefined;
  const [, traceId = "", spanId = "", flags = ""] = parts;
  const state = carried?.tracestate;
  const context: SpanContext = {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16) & TraceFlags.SAMPLED,
    isRemote: true,
    ...(state ? { traceState: createTraceState(state) } : {}),
  };
  return isSpanContextValid(context) ? context : undefined;
}
