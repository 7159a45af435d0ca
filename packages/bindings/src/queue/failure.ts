import { AlienError } from "@alienplatform/core";
import type { Failure } from "./driver.ts";

/** Anything that was thrown, as it is kept with the message. */
export function toFailure(thrown: unknown): Failure {
  if (thrown instanceof AlienError) return { code: thrown.code, message: thrown.message };
  if (thrown instanceof Error) {
    const { name, message, stack } = thrown;
    return stack === undefined ? { code: name, message } : { code: name, message, stack };
  }
  return { code: "HANDLER_FAILED", message: describe(thrown) };
}

function describe(thrown: unknown): string {
  if (typeof thrown === "string") return thrown;
  try {
    return JSON.stringify(thrown) ?? String(thrown);
  } catch {
    return String(thrown); // a cycle or a BigInt: the short form still says what it was
  }
}
