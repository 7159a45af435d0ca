import type { RemotePart } from "../controller.ts";
import type { State } from "../state/state.ts";
import { thingKey, thingsOf } from "../state/things.ts";

/** What is there, by type and name; what is not in it is not there. */
export type Reads = ReadonlyMap<string, RemotePart>;

/** What the state remembers, in the place of reading it: `--no-refresh`. */
export function rememberedReads(state: State | undefined): Reads {
  return new Map(
    Object.keys(state?.parts ?? {}).flatMap((id) =>
      thingsOf(state, id).flatMap((thing): [string, RemotePart][] =>
        thing.remote === undefined ? [] : [[thingKey(thing), thing.remote]],
      ),
    ),
  );
}
