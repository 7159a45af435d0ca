import { AlienError } from "@alienplatform/core";
import type { DeadLetter } from "../queue/dead-letter.ts";
import type { Delivery, Outgoing } from "../queue/driver.ts";
import { textOrBytes } from "../queue/text.ts";

const LEASE_EXPIRED = {
  code: "LEASE_EXPIRED",
  message: "the platform moved the message itself, after the lease of its last delivery ended",
};

/** A message of a dead-letter queue as a dead letter. Without a death of its own the platform has moved it. */
export function toDeadLetter(delivery: Delivery, source: string): DeadLetter {
  const { id, body, headers, attempt, sentAt, group, priority } = delivery;
  const { dead } = headers;
  return {
    id,
    body: textOrBytes(body),
    headers,
    attempts: dead?.attempts ?? attempt,
    history: [],
    sentAt,
    deadAt: dead?.deadAt ?? sentAt,
    source: dead?.source ?? source,
    error: dead?.error ?? LEASE_EXPIRED,
    ...(group === undefined ? {} : { group }),
    ...(priority === undefined ? {} : { priority }),
  };
}

/** The letter as a message with its own id, to be sent once more; UNSUPPORTED where its body is no text. */
export function toOutgoing(letter: DeadLetter, copy: string): Outgoing {
  const { id, body, headers, sentAt, group, priority } = letter;
  return {
    id,
    body: textOf(id, body),
    headers,
    sentAt,
    copy,
    ...(group === undefined ? {} : { group }),
    ...(priority === undefined ? {} : { priority }),
  };
}

/** What a foreign producer sent may be any bytes; we send text. */
function textOf(id: string, body: string | Uint8Array): string {
  const text = textOrBytes(body);
  if (typeof text === "string") return text;
  throw new AlienError(
    "UNSUPPORTED",
    `the body of dead letter ${id} is no text, and only text is sent`,
    {
      fix: "Edit it, or discard it; an export keeps its bytes.",
      details: { id },
    },
  );
}
