/**
 * Runs every subject once per round, in turn (A B A B), so that a slow minute of the machine hits all alike;
 * answers each subject's medians, figure by figure.
 */
export async function interleave<
  Name extends string,
  Figures extends Record<keyof Figures, number>,
>(
  rounds: number,
  subjects: Readonly<Record<Name, () => Promise<Figures>>>,
): Promise<Record<Name, Figures>> {
  const names = keysOf(subjects);
  const runs = new Map<Name, Figures[]>(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const name of names) runs.get(name)?.push(await subjects[name]());
  }
  const answer: Partial<Record<Name, Figures>> = {};
  for (const [name, figures] of runs) answer[name] = medians(figures);
  // Every name got its figures above.
  return answer as Record<Name, Figures>;
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

function medians<Figures extends Record<keyof Figures, number>>(runs: readonly Figures[]): Figures {
  const first = runs[0];
  if (first === undefined) throw new TypeError("interleave needs at least one round");
  const answer = { ...first };
  for (const key of keysOf(first)) {
    // Each field of Figures is a number, by its constraint.
    answer[key] = median(runs.map((run) => run[key])) as Figures[typeof key];
  }
  return answer;
}

// Object.keys forgets the type of the keys it just read.
function keysOf<Name extends PropertyKey>(record: Readonly<Record<Name, unknown>>): Name[] {
  return Object.keys(record) as Name[];
}
