import { AlienError, type Duration, parseDuration } from "@alienplatform/core";

/** Reads a whole number from 1 to a highest one. */
export function countOf(highest: number): (given: string) => number {
  return wholeFrom(1, highest);
}

/** Reads a whole number from a lowest to a highest one. */
export function wholeFrom(lowest: number, highest: number): (given: string) => number {
  return (given) => {
    const number = given.trim() === "" ? Number.NaN : Number(given);
    if (Number.isInteger(number) && number >= lowest && number <= highest) return number;
    throw new AlienError(
      "OPTION_INVALID",
      `"${given}" is not a number from ${lowest} to ${highest}`,
      { fix: `Give a whole number from ${lowest} to ${highest}.` },
    );
  };
}

/** Reads a duration, so that what is wrong with it is said before anything is opened. */
export function duration(given: string): Duration {
  parseDuration(given);
  return given as Duration; // parseDuration takes nothing else
}
