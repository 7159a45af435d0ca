import { AlienError } from "@alienplatform/core";
import type {
  DeadLetter,
  DeadLetterOperator,
  DeadLetterSweep,
  SweptPage,
} from "../queue/dead-letter.ts";
import type { SettleResult } from "../queue/driver.ts";

/** A sweep of an operator that looks at letters as they are, page by page, in the order of their death. */
export async function* sweepPages(
  operator: Pick<DeadLetterOperator, "deadLetters" | "redrive" | "discard">,
  sweep: DeadLetterSweep,
): AsyncGenerator<SweptPage> {
  for await (const letters of pages(operator, sweep)) {
    if (letters.length === 0) continue;
    // Of one id there may be several, which are acted on together.
    const ids = [...new Set(letters.map(({ id }) => id))];
    const done = new Map((await act(operator, sweep, ids)).map((result, at) => [ids[at], result]));
    const results = letters.flatMap(({ id }) => {
      const result = done.get(id);
      done.delete(id);
      return result ?? (sweep.act === "show" ? [] : [TOGETHER]);
    });
    yield { letters, results };
  }
}

const TOGETHER: SettleResult = { ok: true, applied: false };

async function act(
  operator: Pick<DeadLetterOperator, "redrive" | "discard">,
  { act, to }: DeadLetterSweep,
  ids: readonly string[],
): Promise<readonly SettleResult[]> {
  if (act === "show") return [];
  if (act === "discard") return operator.discard(ids);
  return operator.redrive(ids, to === undefined ? {} : { to });
}

/**
 * Every letter that was there at the beginning. What is done to a page before the next is asked for may let its messages
 * die again: none is given a second time, also not where time stands still.
 */
async function* pages(
  operator: Pick<DeadLetterOperator, "deadLetters">,
  { act, filter, pageSize: limit, clock, signal }: DeadLetterSweep,
): AsyncGenerator<readonly DeadLetter[]> {
  /** Those that may have died again in the millisecond in which this began, or that nobody could remove. */
  const given = new Set<string>();
  // Where the last one of a page has died again, its id may lead behind others: what is left is found from the front.
  for (let pass = 1, some = true; some && (act !== "show" || pass === 1); pass++) {
    some = false;
    for (let after: string | undefined; ; ) {
      if (signal?.aborted) throw sweepAborted();
      const letters = await operator.deadLetters({ filter, limit, ...(after && { after }) });
      after = letters.at(-1)?.id;
      if (after === undefined) break;
      const fresh = letters.filter(({ id }) => !given.has(id));
      if (pass > 1 || clock.now() <= filter.diedBy) for (const { id } of fresh) given.add(id);
      some ||= fresh.length > 0;
      yield fresh;
    }
  }
}

/** What a sweep is ended with by its signal. */
export function sweepAborted(): AlienError {
  return new AlienError("ABORTED", "the work on dead letters was aborted", {
    fix: "Begin again: what is done is done, and no letter is lost.",
  });
}
