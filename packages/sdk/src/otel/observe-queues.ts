import type { QueueOperator } from "@alienplatform/bindings";
import { type BatchObservableResult, metrics } from "@opentelemetry/api";
import { attribute, metric, SCOPE, SCOPE_VERSION } from "./names.ts";

/**
 * Gauges of how full queues are, read through their operators at each collection: messages by state, and
 * the age of the oldest ready one. Call it after the SDK is registered, in one process. The result ends it.
 */
export function observeQueues(
  operators: Readonly<Record<string, Pick<QueueOperator, "stats">>>,
): () => void {
  const meter = metrics.getMeter(SCOPE, SCOPE_VERSION);
  const messages = meter.createObservableGauge(metric.messages.name, metric.messages);
  const oldestAge = meter.createObservableGauge(metric.oldestAge.name, metric.oldestAge);
  const gauges = [messages, oldestAge];
  // A callback each: a queue that cannot be read is reported by the SDK and does not silence the others.
  const callbacks = Object.entries(operators).map(
    ([queue, operator]) =>
      async (result: BatchObservableResult) => {
        const { ready, delayed, inFlight, dead, oldestAgeMs } = await operator.stats();
        const named = { [attribute.destination]: queue };
        const states = { ready, delayed, in_flight: inFlight, dead };
        for (const [state, count] of Object.entries(states)) {
          // A count that its platform does not tell is no point, rather than 0.
          if (count === undefined) continue;
          result.observe(messages, count, { ...named, [attribute.state]: state });
        }
        // None is ready: a gauge that stays silent would keep its last value.
        result.observe(oldestAge, (oldestAgeMs ?? 0) / 1_000, named);
      },
  );
  for (const callback of callbacks) meter.addBatchObservableCallback(callback, gauges);
  return () => {
    for (const callback of callbacks) meter.removeBatchObservableCallback(callback, gauges);
  };
}
