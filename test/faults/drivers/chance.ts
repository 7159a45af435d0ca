import { createHash } from "node:crypto";
import { Chance } from "../../simulation/chance.ts";

/** Choices of their own for each name: what one part draws changes nothing for another. */
export function chanceOf(seed: number, ...names: readonly (string | number)[]): Chance {
  const digest = createHash("sha256")
    .update([seed, ...names].join(" "))
    .digest();
  return new Chance(digest.readUInt32LE());
}

/** Another order of the same. */
export function shuffled<Item>(items: readonly Item[], chance: Chance): readonly Item[] {
  return items
    .map((item) => ({ item, place: chance.next() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);
}
