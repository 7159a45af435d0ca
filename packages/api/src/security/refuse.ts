import { AlienError } from "@alienplatform/core";

/** What is refused for who asks, or from where. */
export function refusal(message: string, fix: string): AlienError {
  return new AlienError("PERMISSION_DENIED", message, { fix });
}
