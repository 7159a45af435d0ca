/** Who waits in this process for a record to change, by partition and id. */
const waiting = new Map<string, Map<string, Set<() => void>>>();

/** Calls once when this process has written the record; the result takes that back. */
export function onJobChange(partition: string, id: string, run: () => void): () => void {
  const jobs = waiting.get(partition) ?? new Map<string, Set<() => void>>();
  const those = jobs.get(id) ?? new Set();
  waiting.set(partition, jobs.set(id, those.add(run)));
  return () => {
    those.delete(run);
    if (those.size === 0) jobs.delete(id);
    if (jobs.size === 0) waiting.delete(partition);
  };
}

/** Says that a record, or without an id any of them, was written: whoever waits reads it again at once. */
export function jobChanged(partition: string, id?: string): void {
  const jobs = waiting.get(partition);
  if (jobs === undefined) return;
  const those = id === undefined ? [...jobs.values()] : [jobs.get(id) ?? new Set()];
  for (const run of those.flatMap((set) => [...set])) run();
}
