import type { Clock } from "../clock.ts";

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
/** Pairs of digits, as they are needed: the last ten bits of the counter are one look-up. */
const PAIRS: string[] = [];
const COUNTER_END = 32 ** 6;

/**
 * Message ids: 26 lower-case characters that sort by time. 10 of milliseconds, 6 that count within the
 * millisecond, 10 drawn once, so that two processes do not meet.
 */
export class MessageIds {
  readonly #clock: Clock;
  readonly #suffix: string;
  #timeMs = -1;
  #counter = 0;
  #time = "";
  /** The time and the upper digits of the counter. */
  #prefix = "";

  constructor(clock: Clock, random: () => number) {
    this.#clock = clock;
    this.#suffix =
      digits(Math.floor(random() * 32 ** 5), 5) + digits(Math.floor(random() * 32 ** 5), 5);
  }

  next(): string {
    const now = this.#clock.now();
    // A clock that went back does not: order within a process holds whatever the clock does.
    if (now > this.#timeMs || this.#counter === COUNTER_END) {
      this.#timeMs = Math.max(now, this.#timeMs + 1);
      this.#time = digits(this.#timeMs, 10);
      this.#counter = 0;
    }
    const low = this.#counter & 1023;
    if (low === 0) this.#prefix = this.#time + digits(this.#counter >>> 10, 4);
    this.#counter++;
    PAIRS[low] ??= digits(low, 2);
    return this.#prefix + PAIRS[low] + this.#suffix;
  }
}

function digits(value: number, count: number): string {
  let text = "";
  let rest = value;
  for (let digit = 0; digit < count; digit++) {
    text = ALPHABET.charAt(rest % 32) + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}
