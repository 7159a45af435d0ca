/** What an answer means for the message. */
export type Answered = "ack" | "retry" | "deadLetter";

/** The first row that a status falls into decides. */
const RULES: readonly (readonly [from: number, to: number, Answered])[] = [
  [200, 299, "ack"],
  // Too slow, or too many: the same request may be taken later.
  [408, 408, "retry"],
  [429, 429, "retry"],
  // The consumer will not have it, however often it is asked.
  [400, 499, "deadLetter"],
  // Redirects, which are not followed, failures of the server, and what has no meaning here.
  [0, Number.POSITIVE_INFINITY, "retry"],
];

/** What an HTTP consumer's status says. */
export function answeredBy(status: number): Answered {
  return RULES.find(([from, to]) => status >= from && status <= to)?.[2] ?? "retry";
}
