import { AlienError } from "@alienplatform/core";

/** Reads a port; throws OPTION_INVALID. */
export function portOf(given: string): number {
  const port = Number(given);
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  throw new AlienError("OPTION_INVALID", `"${given}" is not a port`, {
    fix: "Give a number from 1 to 65535.",
  });
}
