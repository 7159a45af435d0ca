import type { QueueOperator, SettleResult } from "@alienplatform/bindings";
import { AlienError } from "@alienplatform/core";
import { printCount } from "../../print/count.ts";

const CHUNK = 500;

/**
 * Does something to the named dead letters or to all there are now; answers to how many. The first failure
 * is thrown, and so are ids that name no dead letter, once the others are done.
 */
export async function actOnLetters(
  operator: QueueOperator,
  ids: readonly string[],
  all: boolean,
  act: (ids: readonly string[]) => Promise<readonly SettleResult[]>,
): Promise<number> {
  if ((ids.length === 0) !== all) {
    throw new AlienError("COMMAND_INVALID", all ? "both ids and --all were given" : "which ones?", {
      fix: 'Name ids as "alien dead ls" prints them, or use --all.',
    });
  }
  let done = 0;
  const missing: string[] = [];
  for await (const chunk of all ? everyLetter(operator) : [[...new Set(ids)]]) {
    const results = await act(chunk);
    for (const [index, id] of chunk.entries()) {
      const result = results[index];
      if (result?.ok === false) throw result.error;
      if (result?.applied === false) missing.push(id);
      else done += 1;
    }
  }
  // Of all there were, some may have gone meanwhile: that is no mistake of who asked.
  if (!all && missing.length > 0) throw unknownLetters(missing, done);
  return done;
}

function unknownLetters(ids: readonly string[], done: number): AlienError {
  const others = done === 0 ? "" : `; ${printCount(done, "other")} done`;
  return new AlienError(
    "UNKNOWN_DEAD_LETTER",
    `no dead letter of this queue is ${ids.map((id) => JSON.stringify(id)).join(", ")}${others}`,
    { fix: 'Name whole ids as "alien dead ls" prints them.', details: { ids, done } },
  );
}

/** Those that are dead by now: what dies while we work is left for the next time. */
async function* everyLetter(operator: QueueOperator): AsyncGenerator<readonly string[]> {
  let { dead: left } = await operator.stats();
  let after: string | undefined;
  while (left > 0) {
    const limit = Math.min(CHUNK, left);
    const letters = await operator.deadLetters({
      limit,
      ...(after === undefined ? {} : { after }),
    });
    if (letters.length === 0) return;
    after = letters.at(-1)?.id;
    left -= letters.length;
    yield letters.map(({ id }) => id);
  }
}
