/** Runs every subject once per round, in turn (A B A B), so that a slow minute of the machine hits all alike; answers the medians. */
export async function interleave<Name extends string>(
  rounds: number,
  subjects: Readonly<Record<Name, () => Promise<number>>>,
): Promise<Record<Name, number>> {
  const names = keysOf(subjects);
  const figures = new Map<Name, number[]>(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const name of names) {
      globalThis.gc?.();
      figures.get(name)?.push(await subjects[name]());
    }
  }
  const medians: Partial<Record<Name, number>> = {};
  for (const [name, values] of figures) medians[name] = median(values);
  // Every name got its figure above.
  return medians as Record<Name, number>;
}

/** Keeps `width` operations under way until `total` were started; answers operations per second. */
export async function lanes(
  width: number,
  total: number,
  operate: (index: number) => Promise<unknown>,
): Promise<number> {
  let next = 0;
  const started = performance.now();
  const lane = async (): Promise<void> => {
    while (next < total) await operate(next++);
  };
  await Promise.all(Array.from({ length: width }, lane));
  return perSecond(total, started);
}

export function perSecond(count: number, startedAt: number): number {
  return (count * 1000) / (performance.now() - startedAt);
}

export function median(values: readonly number[]): number {
  return percentile(values, 50);
}

/** The smallest value that `rank` percent of the values do not exceed. */
export function percentile(values: readonly number[], rank: number): number {
  const sorted = Float64Array.from(values).sort();
  const index = Math.max(0, Math.ceil((rank / 100) * sorted.length) - 1);
  return sorted[index] ?? Number.NaN;
}

// Object.keys forgets the type of the keys it just read.
function keysOf<Name extends string>(record: Readonly<Record<Name, unknown>>): Name[] {
  return Object.keys(record) as Name[];
}
