import type { Clock } from "../clock.ts";
import type { Attempt } from "./attempt.ts";
import type { Failure, Headers, SendResult, SettleResult } from "./driver.ts";

/** A message that is not delivered any more, until somebody decides about it. */
export interface DeadLetter {
  readonly id: string;
  /** Text, whatever the platform carries; bytes only of a foreign producer's that are no text. */
  readonly body: string | Uint8Array;
  readonly headers: Headers;
  /** Deliveries that count; `history` has them one by one where the platform keeps them, oldest first. */
  readonly attempts: number;
  readonly history: readonly Attempt[];
  readonly sentAt: number;
  readonly deadAt: number;
  /** The queue it came from. */
  readonly source: string;
  readonly error: Failure;
  readonly group?: string;
  readonly priority?: number;
  readonly concurrency?: { readonly key: string; readonly limit: number };
}

/** Which dead letters; all conditions hold at once. */
export interface DeadLetterFilter {
  /** The failure's code, exactly. */
  readonly code?: string;
  /** Part of the failure's message, whatever the case. */
  readonly error?: string;
  /** The first line of the failure's message, exactly: what letters are grouped by. */
  readonly firstLine?: string;
  /** Dead for at least, or at most, so many milliseconds. */
  readonly olderThanMs?: number;
  readonly youngerThanMs?: number;
  /** Dead by then, milliseconds since the epoch. */
  readonly diedBy?: number;
  /**
   * A field of a JSON payload by its dotted path ("items.0.sku"), equal to a scalar given as JSON text ('"a"', "12");
   * numbers are compared by their exact value.
   */
  readonly field?: { readonly path: string; readonly equals: string };
}

export interface DeadLetterQuery {
  readonly filter?: DeadLetterFilter;
  /** 1..500. */
  readonly limit: number;
  /** The id to go on after; also where that one is gone. */
  readonly after?: string;
}

/** One pass over the dead letters, and what is done to each that the filter means. */
export interface DeadLetterSweep {
  readonly act: "show" | "redrive" | "discard";
  /** Where a redrive goes, unless back to this queue. */
  readonly to?: string;
  /** Those that die during the pass are none of it. */
  readonly filter: DeadLetterFilter & { readonly diedBy: number };
  /** 1..100: at most so many are acted on before the caller is told. */
  readonly pageSize: number;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
}

/** A part of a sweep that is done. */
export interface SweptPage {
  readonly letters: readonly DeadLetter[];
  /** One per letter, in order; none where they are only shown. */
  readonly results: readonly SettleResult[];
}

/** What becomes of dead letters. */
export interface DeadLetterOperator {
  /** In the order of their death; fewer than `limit` where they are large, none only at the end. */
  deadLetters(query: DeadLetterQuery): Promise<readonly DeadLetter[]>;
  deadLetter(id: string): Promise<DeadLetter | undefined>;
  /** Another body in place of its own, group and all else as it was; `applied: false` where there is none with this id. */
  editDeadLetter(
    id: string,
    change: { readonly body: string; readonly kind: Headers["kind"] },
  ): Promise<SettleResult>;
  /**
   * One result per id, in order. Each keeps its id, gets a fresh attempt budget, never asks for its idempotency key, and
   * goes back to this queue unless `to` names another one, which is FIFO where this one is. Refused with QUEUE_PAUSED where
   * that one dead-letters what comes. One that dies again has its earlier attempts in its history too.
   */
  redrive(
    ids: readonly string[],
    options?: { readonly to?: string },
  ): Promise<readonly SettleResult[]>;
  discard(ids: readonly string[]): Promise<readonly SettleResult[]>;
  /**
   * Meets each letter that was there at the beginning once, whatever their number. A page is acted on before it is given,
   * the next one when it is asked for; whoever stops asking leaves the rest as it was, and a pass that was broken off is
   * begun again. Rejects with ABORTED after an abort.
   */
  sweep(sweep: DeadLetterSweep): AsyncIterable<SweptPage>;
  /**
   * Takes in what was exported; one that is there already (same id and time of death) is not taken twice. Calls of one
   * import share an object, so that an operator which has to look at all letters for it looks once.
   */
  importDeadLetters(
    letters: readonly DeadLetter[],
    import_?: DeadLetterImport,
  ): Promise<readonly SendResult[]>;
}

/** What one import remembers between its calls: begins as `{}`, and belongs to the operator. */
export interface DeadLetterImport {
  /** What was there when it began, and what it has taken in since, by id and time of death. */
  known?: Set<string>;
}
