import { referencesOf } from "./expression.ts";
import type { Part } from "./part.ts";

/** The parts that a part needs: those that its config refers to, and those that it comes after. */
export function dependenciesOf(part: Part): readonly string[] {
  const referred = referencesOf(part.config).map(({ $ref }) => $ref);
  return [...new Set([...referred, ...(part.after ?? [])])].sort();
}

/** The parts, each after all that it needs; otherwise in the order given. Throws where that cannot be. */
export function inOrder(parts: readonly Part[]): readonly Part[] {
  const byId = new Map<string, Part>();
  for (const part of parts) {
    if (byId.has(part.id)) throw new TypeError(`two parts have the id "${part.id}"`);
    byId.set(part.id, part);
  }
  const ordered = new Set<Part>();
  const path = new Set<string>();
  const visit = (part: Part): void => {
    if (ordered.has(part)) return;
    if (path.has(part.id)) throw new TypeError(circle(path, part.id));
    path.add(part.id);
    for (const id of dependenciesOf(part)) {
      const needed = byId.get(id);
      if (needed === undefined) throw new TypeError(`"${part.id}" needs "${id}", which is no part`);
      visit(needed);
    }
    path.delete(part.id);
    ordered.add(part);
  };
  for (const part of parts) visit(part);
  return [...ordered];
}

function circle(path: ReadonlySet<string>, id: string): string {
  const ids = [...path];
  return `parts need each other in a circle: ${[...ids.slice(ids.indexOf(id)), id].join(" -> ")}`;
}
