import {
  type Counter,
  createNoopMeter,
  type Histogram,
  type Meter,
  type MeterProvider,
  metrics,
} from "@opentelemetry/api";
import { DURATION_BUCKETS, metric, SCOPE, SCOPE_VERSION, TIME_IN_QUEUE_BUCKETS } from "./names.ts";

/** Everything that is counted where it happens; gauges are observed by observeQueues(). */
export interface Instruments {
  readonly operationDuration: Histogram;
  readonly sent: Counter;
  readonly consumed: Counter;
  readonly processDuration: Histogram;
  readonly timeInQueue: Histogram;
  readonly retries: Counter;
  readonly deadLettered: Counter;
  readonly deduplicated: Counter;
  readonly leaseLost: Counter;
}

let known: MeterProvider | undefined;
let instruments: Instruments | undefined;

/** The instruments of the SDK that is registered now; undefined while none is. */
export function activeInstruments(): Instruments | undefined {
  const provider = metrics.getMeterProvider();
  if (provider === known) return instruments;
  known = provider;
  const meter = provider.getMeter(SCOPE, SCOPE_VERSION);
  instruments = meter === createNoopMeter() ? undefined : make(meter);
  return instruments;
}

type Name = keyof typeof metric;

function make(meter: Meter): Instruments {
  const counter = (name: Name) => meter.createCounter(metric[name].name, metric[name]);
  const histogram = (name: Name, explicitBucketBoundaries: number[]) =>
    meter.createHistogram(metric[name].name, {
      ...metric[name],
      advice: { explicitBucketBoundaries },
    });
  return {
    operationDuration: histogram("operationDuration", DURATION_BUCKETS),
    sent: counter("sent"),
    consumed: counter("consumed"),
    processDuration: histogram("processDuration", DURATION_BUCKETS),
    timeInQueue: histogram("timeInQueue", TIME_IN_QUEUE_BUCKETS),
    retries: counter("retries"),
    deadLettered: counter("deadLettered"),
    deduplicated: counter("deduplicated"),
    leaseLost: counter("leaseLost"),
  };
}
