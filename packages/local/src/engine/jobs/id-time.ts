/** As message ids count: 10 digits of milliseconds, 6 of a counter, 10 that the sender drew once. */
const DIGITS = "0123456789abcdefghjkmnpqrstvwxyz";
const VALUES = new Int8Array(128).fill(-1);
for (let value = 0; value < DIGITS.length; value++) VALUES[DIGITS.charCodeAt(value)] = value;

export const ID_LENGTH = 26;
export const TIME_DIGITS = 10;
export const COUNTER_DIGITS = 6;

/** The digits of an id between two places as a number; NaN where some are none. */
export function digitsOf(id: string, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at++) {
    const digit = VALUES[id.charCodeAt(at)] ?? -1;
    if (digit < 0) return Number.NaN;
    value = value * 32 + digit;
  }
  return value;
}

/** When an id was drawn, in milliseconds since the epoch; NaN for what no client of ours has drawn. */
export function timeOfId(id: string): number {
  return id.length === ID_LENGTH ? digitsOf(id, 0, TIME_DIGITS) : Number.NaN;
}

/** What the ids of a time begin with; sorts before all of them, and after all of those before. */
export function idsFrom(timeMs: number): string {
  return textOf(Math.max(0, timeMs), TIME_DIGITS);
}

export function textOf(value: number, digits: number): string {
  let text = "";
  let rest = value;
  for (let digit = 0; digit < digits; digit++) {
    text = DIGITS.charAt(rest % 32) + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}

/** The value of one digit as a byte; -1 for what is none. */
export function digitOfByte(byte: number): number {
  return VALUES[byte] ?? -1;
}
