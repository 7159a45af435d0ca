import type { Outgoing, SendResult } from "@alienplatform/bindings";
import { AlienError } from "@alienplatform/core";
import { ANY_CONTENT, type Claim, contentOf } from "./claim.ts";
import type { ClaimBook } from "./claims.ts";
import type { QueueSpec } from "./port.ts";
import { isTooLarge, tooLarge } from "./size.ts";

/**
 * Decides what becomes of one message and stores it with `append` where it is new. Without `append` the request is a
 * repeated one: what it stored at first is there, and a key of its own is no duplicate.
 */
export function admit(
  message: Outgoing,
  spec: QueueSpec,
  claims: ClaimBook,
  append: ((message: Outgoing) => void) | undefined,
): SendResult {
  if (isTooLarge(message)) return { ok: false, error: tooLarge(message, spec.name) };
  const { id, idempotencyKey } = message;
  if (idempotencyKey === undefined) {
    append?.(message);
    return { ok: true, id, deduplicated: false };
  }
  const compares = spec.conflict === "error";
  // Between a request and its repetition the window of a claim may end: what was a duplicate at first, and stored
  // nothing, must not be answered as sent.
  const repeated = append === undefined;
  const content = compares ? contentOf(message) : ANY_CONTENT;
  const found = claims.find(idempotencyKey, content, repeated);
  if (found.claim !== undefined) {
    const { claim } = found;
    if (compares && claim.content !== ANY_CONTENT && claim.content !== found.content) {
      return { ok: false, error: conflict(claim, spec.name) };
    }
    return { ok: true, id: claim.id, deduplicated: claim.id !== id };
  }
  if (append !== undefined) {
    append(message);
    claims.put(found.key, { id, at: found.now, content: found.content });
  }
  return { ok: true, id, deduplicated: false };
}

/** Without the key itself, which may be somebody's secret. */
function conflict({ id }: Claim, queue: string): AlienError {
  return new AlienError(
    "IDEMPOTENCY_CONFLICT",
    `the idempotency key was used for message ${id} of queue "${queue}", with another payload`,
    {
      fix: "Send with another key, or with the payload that the key was first used with.",
      details: { queue, id },
    },
  );
}
