import type { QueueOperator, SettleResult } from "@alienplatform/bindings";
import { AlienError } from "@alienplatform/core";

const CHUNK = 500;

/** Does something to the named dead letters or to all there are now; answers to how many. The first failure is thrown. */
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
  for await (const chunk of all ? everyLetter(operator) : [ids]) {
    for (const result of await act(chunk)) {
      if (!result.ok) throw result.error;
      if (result.applied !== false) done += 1;
    }
  }
  return done;
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
