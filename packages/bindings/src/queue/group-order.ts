import type { Outcome } from "./driver.ts";

/** What became of one delivery; "lost" is a loan that ended before its handler did. */
export type Ended = Outcome["kind"] | "lost";

/**
 * Runs a batch: one after the other within a FIFO group, everything else at once. What follows a message
 * of its group that is to come back must come back after it, so it is skipped.
 */
export async function runInGroupOrder<Item>(
  batch: readonly Item[],
  groupOf: (item: Item) => string | undefined,
  run: (item: Item) => Promise<Ended>,
  skip: (item: Item) => void,
): Promise<void> {
  const groups = new Map<string, Item[]>();
  const runs: Promise<unknown>[] = [];
  for (const item of batch) {
    const name = groupOf(item);
    const group = name === undefined ? undefined : groups.get(name);
    if (name === undefined) runs.push(run(item));
    else if (group === undefined) groups.set(name, [item]);
    else group.push(item);
  }
  for (const group of groups.values()) runs.push(runGroup(group, run, skip));
  await Promise.all(runs);
}

async function runGroup<Item>(
  group: readonly Item[],
  run: (item: Item) => Promise<Ended>,
  skip: (item: Item) => void,
): Promise<void> {
  let blocked = false;
  for (const item of group) {
    if (blocked) {
      skip(item);
      continue;
    }
    const ended = await run(item);
    blocked = ended !== "ack" && ended !== "deadLetter";
  }
}
