/**
 * What no vendor's queue has by itself, since it takes a store beside it: for the capabilities of platforms that have
 * none yet.
 */
export const plainService = Object.freeze({
  priority: false,
  concurrencyKeys: false,
  keyTurns: false,
  sharedConcurrency: false,
  idempotency: false,
  jobs: false,
  cancel: "skipped" as const,
  pausing: false,
  history: false,
});
