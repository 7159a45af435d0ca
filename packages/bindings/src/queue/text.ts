const LONE_SURROGATE = /\p{Surrogate}/u;

/** Whether a text survives UTF-8: half a surrogate pair does not. */
export function isWellFormed(text: string): boolean {
  return !LONE_SURROGATE.test(text);
}
