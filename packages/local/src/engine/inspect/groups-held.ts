import type { GroupState } from "@alienplatform/bindings/operate";
import { sourceOf } from "../delivery.ts";
import { entryState } from "../lease.ts";
import type { QueueParts } from "../parts.ts";
import { recordId, recordMeta } from "../record.ts";
import { showWaiting } from "./waiting-messages.ts";

type Writable<Fields> = { -readonly [Name in keyof Fields]: Fields[Name] };

/** The groups of a FIFO queue among what is on loan and the first of what waits; the most held up first. */
export async function groupsHeld(parts: QueueParts, limit: number): Promise<readonly GroupState[]> {
  if (!parts.spec().fifo) return [];
  const groups = new Map<string, Writable<GroupState>>();
  const of = (bytes: Buffer, at: number): Writable<GroupState> => {
    const { group = "" } = recordMeta(bytes, at);
    const known = groups.get(group);
    if (known !== undefined) return known;
    const state = { group, waiting: 0 };
    groups.set(group, state);
    return state;
  };
  await showWaiting(parts, ({ bytes, at, retriesLater }) => {
    const state = of(bytes, at);
    if (retriesLater) state.heldBy = { id: recordId(bytes, at), state: "delayed" };
    else state.waiting++;
  });
  for (const lease of parts.leases.openLeases()) {
    for (let entry = 0; entry < lease.places.length; entry++) {
      if (lease.states[entry] !== entryState.open) continue;
      const { bytes, at } = sourceOf(lease, entry, parts.lane);
      of(bytes, at).heldBy = { id: recordId(bytes, at), state: "inFlight" };
    }
  }
  return [...groups.values()].sort(before).slice(0, limit);
}

function before(a: GroupState, b: GroupState): number {
  const held = Number(isHeldUp(b)) - Number(isHeldUp(a));
  return held || b.waiting - a.waiting || (a.group < b.group ? -1 : 1);
}

function isHeldUp({ heldBy, waiting }: GroupState): boolean {
  return heldBy !== undefined && waiting > 0;
}
