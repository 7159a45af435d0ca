import type { DeadLetter, DeadLetterFilter } from "../queue/dead-letter.ts";
import { matchesDeadLetter } from "../queue/dead-letter-filter.ts";
import type { OpenOperator } from "../queue/open-operator.ts";

/** What one page looks at, at most: the next one goes on from there. */
const MOST_LOOKED_AT = 5_000;
const PAGE = 500;

/** Some dead letters, and where to go on. */
export interface DeadLetterPage {
  readonly letters: readonly DeadLetter[];
  /** The id to go on after; undefined at the end. */
  readonly next: string | undefined;
}

export interface BoundedQuery {
  readonly filter: DeadLetterFilter;
  readonly limit: number;
  readonly after?: string;
}

/** Those that a filter means, of as many as one call may look at: it may find none and yet go on. */
export async function boundedPage(
  { operator, clock }: OpenOperator,
  { filter, limit, after }: BoundedQuery,
): Promise<DeadLetterPage> {
  const letters: DeadLetter[] = [];
  const now = clock.now();
  let at = after;
  for (let seen = 0; seen < MOST_LOOKED_AT; ) {
    const from = at === undefined ? {} : { after: at };
    const found = await operator.deadLetters({ limit: PAGE, ...from });
    if (found.length === 0) return { letters, next: undefined };
    for (const [index, letter] of found.entries()) {
      at = letter.id;
      seen++;
      if (matchesDeadLetter(letter, filter, now)) letters.push(letter);
      if (letters.length < limit) continue;
      // Of the end of a page alone it stays known where it was once that letter is gone.
      if (index + 1 < found.length) await operator.deadLetters({ limit: index + 1, ...from });
      return { letters, next: at };
    }
    // Large ones make a page short: no more of them in one answer.
    if (letters.length > 0 && found.length < PAGE) break;
  }
  return { letters, next: at };
}
