import { AlienError } from "@alienplatform/core";
import type { SendResult } from "../queue/driver.ts";

/** What cannot be done to one letter does not keep the others back. */
export function orRefusal<Plan>(plan: () => Plan): Plan | AlienError {
  try {
    return plan();
  } catch (error) {
    if (error instanceof AlienError) return error;
    throw error;
  }
}

/** What became of one: its refusal, or the next answer of what was sent. */
export function resultOf(planned: object, sent: Iterator<SendResult>): SendResult {
  if (planned instanceof AlienError) return { ok: false, error: planned };
  return sent.next().value as SendResult; // one of each that was planned
}
