import type { QueueCapabilities } from "../queue/driver.ts";

const WEEK_MS = 7 * 24 * 3_600_000;

/** What a service can with a table beside its queues; all that is not of the table is as it was. */
export function keptCapabilities(service: QueueCapabilities): QueueCapabilities {
  const { delayMaxMs } = service;
  return {
    ...service,
    idempotency: true,
    jobs: true,
    concurrencyKeys: true,
    // In hops; where there is no delay there is nothing to hop with.
    delayMaxMs: delayMaxMs === 0 ? 0 : Math.max(delayMaxMs, WEEK_MS),
  };
}
