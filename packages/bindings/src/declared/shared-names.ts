import type { Refusal } from "./refusals.ts";

interface Named {
  readonly id: string;
  readonly type: string;
  readonly name: string;
  readonly resource: string;
}

/**
 * Things that would have one name: "tasks-dead", and what the dead letters of "tasks" are in.
 * @param told How the vendor tells the names of two things of one type apart; as they are unless told otherwise.
 */
export function sharedNames<Thing extends Named>(
  things: readonly Thing[],
  told: (thing: Thing) => string = ({ name }) => name,
): readonly Omit<Refusal, "platform">[] {
  const firsts = new Map<string, Thing>();
  return things.flatMap((thing) => {
    const { id, type, name, resource } = thing;
    const key = `${type} ${told(thing)}`;
    const first = firsts.get(key);
    if (first === undefined) {
      firsts.set(key, thing);
      return [];
    }
    return {
      resource,
      path: "id",
      problem: `${first.id} and ${id} would both be the ${type} "${name}"`,
      fix: `Give "${first.resource}" or "${resource}" another id.`,
    };
  });
}
