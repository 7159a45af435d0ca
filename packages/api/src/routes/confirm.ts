import { AlienError } from "@alienplatform/core";

/** Throws CONFIRMATION_REQUIRED unless the request names what it is about a second time. */
export function confirmed(given: string | undefined, name: string, because: string): void {
  if (given === name) return;
  throw new AlienError("CONFIRMATION_REQUIRED", `${because}, and there is no confirmation`, {
    fix: `Add ?confirm=${encodeURIComponent(name)}`,
    details: { confirm: name },
  });
}
