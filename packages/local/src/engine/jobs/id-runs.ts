import {
  COUNTER_DIGITS,
  digitOfByte,
  digitsOf,
  ID_LENGTH,
  TIME_DIGITS,
  textOf,
} from "./id-time.ts";

const COUNTER_END = TIME_DIGITS + COUNTER_DIGITS;

/** Ids that one sender drew one after the other within a millisecond. */
export interface IdRun {
  readonly first: string;
  readonly count: number;
}

/** Whether an id is the one that its sender drew after another; both are of 26 characters. */
export function follows(before: Buffer, beforeAt: number, source: Buffer, id: number): boolean {
  // Mostly nothing but the last digit of the counter differs, so it is compared first.
  let last = COUNTER_END - 1;
  while (last >= TIME_DIGITS && digitOfByte(before[beforeAt + last] ?? 0) === 31) {
    if (source[id + last] !== ZERO) return false;
    last--;
  }
  if (last < TIME_DIGITS) return false;
  const digit = digitOfByte(before[beforeAt + last] ?? 0);
  if (digitOfByte(source[id + last] ?? 0) !== digit + 1) return false;
  for (let at = last - 1; at >= 0; at--)
    if (source[id + at] !== before[beforeAt + at]) return false;
  for (let at = COUNTER_END; at < ID_LENGTH; at++)
    if (source[id + at] !== before[beforeAt + at]) return false;
  return true;
}

const ZERO = "0".charCodeAt(0);

/** Which of a run's ids this is; -1 for none of them. */
export function placeInRun({ first, count }: IdRun, id: string): number {
  if (id === first) return 0;
  if (count === 1 || id.length !== ID_LENGTH) return -1;
  if (!id.startsWith(first.slice(0, TIME_DIGITS)) || !id.endsWith(first.slice(COUNTER_END)))
    return -1;
  const place = digitsOf(id, TIME_DIGITS, COUNTER_END) - digitsOf(first, TIME_DIGITS, COUNTER_END);
  return place > 0 && place < count ? place : -1;
}

/** The id in a place of a run. */
export function idInRun({ first }: IdRun, place: number): string {
  if (place === 0) return first;
  const counter = digitsOf(first, TIME_DIGITS, COUNTER_END) + place;
  return first.slice(0, TIME_DIGITS) + textOf(counter, COUNTER_DIGITS) + first.slice(COUNTER_END);
}
