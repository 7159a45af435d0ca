import type { DeadLetter, PeekedMessage, ReceivedMessage } from "@alienplatform/bindings";
import type { InspectedMessage } from "@alienplatform/bindings/operate";
import { iso } from "../json.ts";
import { attemptsOf } from "./attempt.ts";
import { contentOf } from "./content.ts";

/** A message on loan as the API tells it. */
export function receivedView(message: ReceivedMessage) {
  const { sentAt, dead, ...rest } = message;
  return {
    ...rest,
    sentAt: iso(sentAt),
    dead: dead && { ...dead, deadAt: iso(dead.deadAt) },
  };
}

/** A message that waits or is on loan. */
export function peekedView(queue: string, message: PeekedMessage) {
  const { body, headers, sentAt, dueAt, ...rest } = message;
  return {
    ...rest,
    queue,
    sentAt: iso(sentAt),
    dueAt: iso(dueAt),
    ...contentOf(body, headers),
  };
}

/** A message wherever it is. */
export function inspectedView(queue: string, message: InspectedMessage) {
  const { body, headers, sentAt, dueAt, leaseEndsAt, deadAt, history, lastError, ...rest } =
    message;
  return {
    ...rest,
    queue,
    sentAt: iso(sentAt),
    dueAt: iso(dueAt),
    leaseEndsAt: iso(leaseEndsAt),
    deadAt: iso(deadAt),
    history: attemptsOf(history),
    error: lastError,
    ...contentOf(body, headers),
  };
}

/** A message that is not delivered any more. */
export function deadLetterView(queue: string, letter: DeadLetter) {
  const { body, headers, sentAt, deadAt, history, ...rest } = letter;
  return {
    ...rest,
    state: "dead" as const,
    queue,
    sentAt: iso(sentAt),
    deadAt: iso(deadAt),
    history: attemptsOf(history),
    ...contentOf(body, headers),
  };
}
