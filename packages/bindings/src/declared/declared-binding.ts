import type { QueueResource } from "@alienplatform/core";
import type { QueueOptions } from "../queue/binding.ts";
import { withoutDefaults } from "../queue/option-defaults.ts";

/**
 * What ALIEN_<ID>_BINDING holds for a declared queue at its address on a platform. What every queue has by default is left
 * out: hosts have a few KB for all variables of a function.
 */
export function declaredBinding<Address>(queue: QueueResource, platform: string, address: Address) {
  const { id, maxAttempts, backoff, leaseMs, retentionMs, fifo, concurrency } = queue;
  const { deadLetters, idempotency, resultsMs } = queue;
  const options = {
    maxAttempts,
    backoff: { ...backoff },
    leaseMs,
    retentionMs,
    idempotency: { ...idempotency },
    ...(fifo === undefined ? {} : { fifo: { ...fifo } }),
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(deadLetters === undefined ? {} : { deadLetters }),
    ...(resultsMs === undefined ? {} : { resultsMs }),
  } satisfies QueueOptions;
  const written = withoutDefaults(options);
  return {
    version: 1,
    platform,
    queue: id,
    ...(Object.keys(written).length === 0 ? {} : { options: { ...written } }),
    address,
  };
}
