import { AlienError } from "@alienplatform/core";
import type { Clock } from "../clock.ts";
import { pause } from "../pause.ts";

const ATTEMPTS = 5;
const FIRST_MS = 100;
const LONGEST_MS = 5_000;

interface Refused {
  readonly ok: false;
  readonly error: AlienError;
}

export interface RetryOptions {
  readonly clock: Clock;
  readonly random: () => number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Calls a driver and repeats the items that failed for a passing reason, those alone, a bounded number
 * of times with growing, jittered pauses. One result per item, in order; never rejects.
 */
export async function retryItems<Item, Accepted extends { readonly ok: true }>(
  items: readonly Item[],
  call: (items: readonly Item[], signal?: AbortSignal) => Promise<readonly (Accepted | Refused)[]>,
  { clock, random, signal }: RetryOptions,
): Promise<readonly (Accepted | Refused)[]> {
  let results = await callOnce(items, call, signal);
  if (results.every(({ ok }) => ok)) return results;
  for (let attempt = 1; attempt < ATTEMPTS; attempt++) {
    const failed = results.flatMap((result, index) =>
      !result.ok && result.error.retryable ? [index] : [],
    );
    if (failed.length === 0 || signal?.aborted) break;
    await pause(clock, random() * Math.min(LONGEST_MS, FIRST_MS * 2 ** (attempt - 1)), signal);
    if (signal?.aborted) break;
    const again = await callOnce(pick(items, failed), call, signal);
    const merged = [...results];
    for (const [position, index] of failed.entries()) merged[index] = at(again, position);
    results = merged;
  }
  return results;
}

/** A call that throws, or answers too little, is a failure of each of its items. */
async function callOnce<Item, Accepted extends { readonly ok: true }>(
  items: readonly Item[],
  call: (items: readonly Item[], signal?: AbortSignal) => Promise<readonly (Accepted | Refused)[]>,
  signal: AbortSignal | undefined,
): Promise<readonly (Accepted | Refused)[]> {
  try {
    const results = await orAborted(call(items, signal), signal);
    if (results.length === items.length) return results;
    const text = `the driver answered ${results.length} of ${items.length} items`;
    return items.map(() => refused(new AlienError("DRIVER_FAILED", text)));
  } catch (cause) {
    return items.map(() => refused(named(cause, signal)));
  }
}

/** An abort is answered at once, also where the driver cannot stop what it has begun. */
function orAborted<Result>(
  calling: Promise<Result>,
  signal: AbortSignal | undefined,
): Promise<Result> {
  if (signal === undefined) return calling;
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    const done = () => signal.removeEventListener("abort", abort);
    calling.then(resolve, reject).finally(done);
  });
}

function named(cause: unknown, signal: AbortSignal | undefined): AlienError {
  if (cause instanceof AlienError) return cause;
  if (signal?.aborted) {
    return new AlienError(
      "ABORTED",
      "the call was aborted; whether it was carried out is unknown",
      {
        cause,
      },
    );
  }
  const text = cause instanceof Error ? cause.message : String(cause);
  return new AlienError("DRIVER_FAILED", `the platform's driver failed: ${text}`, { cause });
}

function refused(error: AlienError): Refused {
  return { ok: false, error };
}

function pick<Item>(items: readonly Item[], indexes: readonly number[]): Item[] {
  return indexes.map((index) => at(items, index));
}

function at<Item>(items: readonly Item[], index: number): Item {
  return items[index] as Item; // every index comes from a list of the same length
}
