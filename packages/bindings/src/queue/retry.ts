import { AlienError } from "@alienplatform/core";
import type { Clock } from "../clock.ts";
import { pause } from "../pause.ts";
import { repeatDelay } from "./repeat-delay.ts";

/** What an item got that was accepted. */
export interface Accepted {
  readonly ok: true;
}

export interface Refused {
  readonly ok: false;
  readonly error: AlienError;
}

/** One call for many items: one answer per item, in order. */
export type ItemsCall<Item, Ok extends Accepted> = (
  items: readonly Item[],
  signal?: AbortSignal,
) => Promise<readonly (Ok | Refused)[]>;

export interface RetryOptions {
  readonly clock: Clock;
  readonly random: () => number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Calls a driver and repeats the items that failed for a passing reason, those alone, a bounded number
 * of times with growing, jittered pauses, or as long as the service asks for. One result per item, in order;
 * never rejects.
 */
export async function retryItems<Item, Ok extends Accepted>(
  items: readonly Item[],
  call: ItemsCall<Item, Ok>,
  { clock, random, signal }: RetryOptions,
): Promise<readonly (Ok | Refused)[]> {
  let results = await callOnce(items, call, signal);
  if (results.every(({ ok }) => ok)) return results;
  for (let calls = 1; !signal?.aborted; calls++) {
    const failed: number[] = [];
    let delayMs = 0;
    for (const [index, result] of results.entries()) {
      const delay = result.ok ? undefined : repeatDelay(result.error, calls, random);
      if (delay === undefined) continue;
      failed.push(index);
      delayMs = Math.max(delayMs, delay);
    }
    if (failed.length === 0) break;
    await pause(clock, delayMs, signal);
    if (signal?.aborted) break;
    const again = await callOnce(pick(items, failed), call, signal);
    const merged = [...results];
    for (const [position, index] of failed.entries()) merged[index] = at(again, position);
    results = merged;
  }
  return results;
}

/** A call that throws, or answers too little, is a failure of each of its items. */
export async function callOnce<Item, Ok extends Accepted>(
  items: readonly Item[],
  call: ItemsCall<Item, Ok>,
  signal: AbortSignal | undefined,
): Promise<readonly (Ok | Refused)[]> {
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
