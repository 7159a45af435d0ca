import { createHash } from "node:crypto";

/** A name for each id: where two ids would have one, each has a hash of its id at the end. */
export function uniqueNames(
  ids: readonly string[],
  nameOf: (id: string) => string,
): ReadonlyMap<string, string> {
  const counts = new Map<string, number>();
  for (const id of ids) counts.set(nameOf(id), (counts.get(nameOf(id)) ?? 0) + 1);
  return new Map(
    ids.map((id) => {
      const name = nameOf(id);
      if (counts.get(name) === 1) return [id, name];
      return [id, `${name}${createHash("sha256").update(id).digest("hex").slice(0, 8)}`];
    }),
  );
}
