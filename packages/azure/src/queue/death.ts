import {
  type Clock,
  type Death,
  type Delivery,
  deathOf,
  type Failure,
  type QueueOptions,
} from "@alienplatform/bindings";

export interface DeathPlace {
  readonly queue: string;
  readonly options: QueueOptions;
  readonly clock: Clock;
}

/** How a delivery ends in its queue. One beyond the budget is given only to be dead-lettered, and is not counted. */
export function deathIn(
  { queue, options, clock }: DeathPlace,
  { attempt, headers }: Delivery,
  error: Failure,
): Death {
  const { maxAttempts = options.maxAttempts } = headers;
  const attempts = Math.min(attempt, maxAttempts, options.maxAttempts);
  return deathOf({ source: queue, attempts, deadAt: clock.now() }, error);
}
