import type { AlienError } from "@alienplatform/core";

const CALLS = 5;
const FIRST_MS = 100;
const LONGEST_MS = 5_000;
/** Who is called too often is given more time: limits are counted per second or longer. */
const THROTTLED_CALLS = 8;
const THROTTLED_FIRST_MS = 200;
/** Who asks for more is asked again by the caller, not behind its back. */
const LONGEST_ASKED_MS = 30_000;

/**
 * How long to wait before what failed is called again, after so many calls of it; undefined where it is not. What
 * the service asks for counts, and a little more, so that not all come back at once.
 */
export function repeatDelay(
  error: AlienError,
  calls: number,
  random: () => number,
): number | undefined {
  if (!error.retryable) return undefined;
  const throttled = isThrottled(error);
  if (calls >= (throttled ? THROTTLED_CALLS : CALLS)) return undefined;
  const asked = askedFor(error) ?? 0;
  if (asked > LONGEST_ASKED_MS) return undefined;
  if (!throttled && asked === 0) {
    return random() * Math.min(LONGEST_MS, FIRST_MS * 2 ** (calls - 1));
  }
  const own = Math.min(LONGEST_MS, THROTTLED_FIRST_MS * 2 ** (calls - 1));
  return Math.max((own * (1 + random())) / 2, asked * (1 + random() / 10));
}

/** Whether the service refused the call for being one too many. */
export function isThrottled({ code }: AlienError): boolean {
  return code === "THROTTLED";
}

/** How long the service itself asks to be left alone, in milliseconds. */
export function askedFor({ details }: AlienError): number | undefined {
  const { retryAfterMs } = details;
  return typeof retryAfterMs === "number" && retryAfterMs > 0 ? retryAfterMs : undefined;
}

/** How long a service that throttles is left alone where what it refused is not called again. */
export function restDelay(error: AlienError): number {
  return Math.min(askedFor(error) ?? LONGEST_MS, LONGEST_ASKED_MS);
}
