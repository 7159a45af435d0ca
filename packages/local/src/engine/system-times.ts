import type { DeadLetterQuery, Outgoing, PauseRequest } from "@alienplatform/bindings";
import type { StoreClock } from "./store-clock.ts";

/** Messages as they are sent in the store's time: their senders go by the system's clock. */
export function sentBySystem(messages: readonly Outgoing[], time: StoreClock): readonly Outgoing[] {
  if (time.ofSystem(0) === 0) return messages;
  return messages.map((message) => ({ ...message, sentAt: time.ofSystem(message.sentAt) }));
}

/** A pause with its end in the store's time. */
export function pauseBySystem({ until, ...pause }: PauseRequest, time: StoreClock): PauseRequest {
  return until === undefined ? pause : { ...pause, until: time.ofSystem(until) };
}

/** A query with when what it is for has died by in the store's time. */
export function bySystem(query: DeadLetterQuery, time: StoreClock): DeadLetterQuery {
  const { filter } = query;
  if (filter?.diedBy === undefined) return query;
  return { ...query, filter: { ...filter, diedBy: time.ofSystem(filter.diedBy) } };
}
