/** No name is longer; comparing costs the product of two lengths, and what is compared may come from anybody. */
const LONGEST = 100;

/** The candidates that a mistyped id probably meant, best first, at most three; none of more than 100 letters. */
export function nearest(id: string, candidates: Iterable<string>): readonly string[] {
  if (id.length > LONGEST) return [];
  const wanted = normal(id);
  return [...new Set(candidates)]
    .filter(({ length }) => length <= LONGEST)
    .map((candidate) => ({ candidate, distance: likeness(wanted, normal(candidate)) }))
    .filter(({ candidate, distance }) => distance <= tolerance(wanted, candidate))
    .sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, 3)
    .map(({ candidate }) => candidate);
}

/** One slip in three letters is still a slip of the hand; more is another word: "nope" is not "more". */
function tolerance(a: string, b: string): number {
  return Math.max(1, Math.floor(Math.max(a.length, b.length) / 3));
}

function normal(id: string): string {
  return id.toLowerCase().replaceAll("_", "-");
}

/** A name that the other begins with counts as one slip: "task" means "tasks", "image" means "image-tasks". */
function likeness(a: string, b: string): number {
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  const slips = distance(a, b);
  return short.length >= 3 && long.startsWith(short) ? Math.min(1, slips) : slips;
}

/** Letters to insert, delete, replace or swap with their neighbour. */
function distance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      const swapped = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      current.push(
        Math.min(
          at(last, column) + 1,
          at(current, column - 1) + 1,
          at(last, column - 1) + (same ? 0 : 1),
          swapped ? at(beforeLast, column - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    beforeLast = last;
    last = current;
  }
  return at(last, b.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
