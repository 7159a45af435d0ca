import { AlienError } from "@alienplatform/core";

/** What the reference queue answers where it does not do what it is asked. */
export function refused(
  code: "IDEMPOTENCY_CONFLICT" | "RECEIPT_EXPIRED" | "UNSUPPORTED",
  message: string,
) {
  return { ok: false, error: new AlienError(code, message, { fix: FIXES[code] }) } as const;
}

const FIXES = {
  IDEMPOTENCY_CONFLICT:
    "Send with another key, or with the payload that the key was first used with.",
  RECEIPT_EXPIRED: "Receive the message again, or ask for a longer lease.",
  UNSUPPORTED: "Name a queue of the same kind.",
};

export function paused(queue: string): AlienError {
  return new AlienError("QUEUE_PAUSED", `queue ${queue} dead-letters what arrives`, {
    fix: "Resume it first.",
  });
}

export function unknownQueue(name: string): AlienError {
  const fix = "Name a queue that is there.";
  return new AlienError("UNKNOWN_QUEUE", `there is no queue "${name}"`, { fix });
}
