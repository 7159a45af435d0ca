import { AlienError, type Duration, parseDuration } from "@alienplatform/core";

/** Reads a whole number from 1 to a highest one. */
export function countOf(highest: number): (given: string) => number {
  return (given) => {
    const count = Number(given);
    if (Number.isInteger(count) && count >= 1 && count <= highest) return count;
    throw new AlienError("OPTION_INVALID", `"${given}" is not a number from 1 to ${highest}`, {
      fix: `Give a whole number from 1 to ${highest}.`,
    });
  };
}

/** Reads a duration, so that what is wrong with it is said before anything is opened. */
export function duration(given: string): Duration {
  parseDuration(given);
  return given as Duration; // parseDuration takes nothing else
}
