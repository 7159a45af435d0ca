import { ProxyTracerProvider, type Tracer, type TracerProvider, trace } from "@opentelemetry/api";
import { SCOPE, SCOPE_VERSION } from "./names.ts";

/** What a provider hands out while no SDK is registered. */
const NO_SDK: TracerProvider = new ProxyTracerProvider().getDelegate();

let known: TracerProvider | undefined;
let tracer: Tracer | undefined;

/** The tracer of the SDK that is registered now; undefined while none is, so that nobody pays for spans. */
export function activeTracer(): Tracer | undefined {
  const provider = trace.getTracerProvider();
  const registered = provider instanceof ProxyTracerProvider ? provider.getDelegate() : provider;
  if (registered === known) return tracer;
  known = registered;
  tracer = registered === NO_SDK ? undefined : registered.getTracer(SCOPE, SCOPE_VERSION);
  return tracer;
}
