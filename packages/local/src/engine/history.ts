import type { Attempt, Failure } from "@alienplatform/bindings";

const MOST_ATTEMPTS = 100;
/** Of all but the last failure, which is kept whole. */
const LONGEST_MESSAGE = 240;
/** So many characters of JSON at most, whatever the messages are. */
const MOST_CHARACTERS = 32 * 1024;

/** What is kept with a message of its deliveries that did not succeed. */
export interface Kept {
  /** Oldest first. */
  readonly history: readonly Attempt[];
  /** The last failure. */
  readonly error: Failure;
}

/** A delivery that ended without an ack. */
export interface FailedDelivery {
  readonly number: number;
  readonly outcome: "FAILED" | "EXPIRED";
  readonly startedAt: number | undefined;
  readonly endedAt: number;
  readonly error: Failure;
}

/** Reads what encodeKept wrote; nothing where there is none. */
export function decodeKept(bytes: Buffer | undefined): Kept | undefined {
  // The checksum of the row says that this is what encodeKept wrote.
  return bytes === undefined ? undefined : (JSON.parse(bytes.toString("utf8")) as Kept);
}

/** What is kept after one more delivery. */
export function withAttempt(bytes: Buffer | undefined, delivery: FailedDelivery): Kept {
  const { number, outcome, startedAt, endedAt, error } = delivery;
  const attempt: Attempt = {
    number,
    outcome,
    ...(startedAt !== undefined && { startedAt }),
    endedAt,
    error: { code: error.code, message: shorten(error.message) },
  };
  return { history: bounded([...(decodeKept(bytes)?.history ?? []), attempt]), error };
}

export function encodeKept(kept: Kept): Buffer {
  return Buffer.from(JSON.stringify(kept));
}

/** The newest, as many as are kept. */
export function bounded(history: readonly Attempt[]): readonly Attempt[] {
  let characters = 0;
  let from = history.length;
  while (from > 0 && history.length - from < MOST_ATTEMPTS) {
    characters += JSON.stringify(history[from - 1]).length;
    if (characters > MOST_CHARACTERS) break;
    from--;
  }
  return from === 0 ? history : history.slice(from);
}

/** As much of a failure's text as is kept of each but the last. */
export function shorten(text: string): string {
  return text.length <= LONGEST_MESSAGE ? text : `${text.slice(0, LONGEST_MESSAGE)}…`;
}
