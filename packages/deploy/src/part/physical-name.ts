import { createHash } from "node:crypto";

export interface NameRule {
  /** Characters at most, the suffix included. */
  readonly max: number;
  /** Stands at the end of every name: ".fifo". */
  readonly suffix?: string;
  /** Puts a legal name in the place of one that is not. Default: as it is. */
  readonly legal?: (name: string) => string;
}

const HASH_LENGTH = 8;

/**
 * The same name for the same words at every deploy: the words with "-" between them. Where that is too long, or had to
 * be changed to be legal, a hash of the words stands at its end, so that different words keep different names.
 */
export function physicalName(words: readonly string[], rule: NameRule): string {
  const { max, suffix = "", legal = (name) => name } = rule;
  const whole = words.join("-");
  const name = legal(whole);
  if (name === whole && name.length + suffix.length <= max) return name + suffix;
  const hash = createHash("sha256").update(JSON.stringify(words)).digest("hex");
  const room = max - suffix.length - HASH_LENGTH - 1;
  return `${name.slice(0, room).replace(/-+$/, "")}-${hash.slice(0, HASH_LENGTH)}${suffix}`;
}
