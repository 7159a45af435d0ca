import type { KeyState } from "@alienplatform/bindings/operate";
import { sourceOf } from "../delivery.ts";
import { entryState } from "../lease.ts";
import type { QueueParts } from "../parts.ts";
import { recordKey, recordMeta } from "../record.ts";
import { showWaiting } from "./waiting-messages.ts";

type Writable<Fields> = { -readonly [Name in keyof Fields]: Fields[Name] };

/** The concurrency keys of what is on loan and of the first of what waits; the fullest first. */
export async function keysUsed(parts: QueueParts, limit: number): Promise<readonly KeyState[]> {
  const keys = new Map<string, Writable<KeyState>>();
  const of = (bytes: Buffer, at: number): Writable<KeyState> | undefined => {
    if (recordKey(bytes, at) === 0) return undefined;
    const { key = "", limit: most = 1 } = recordMeta(bytes, at);
    const known = keys.get(key);
    if (known !== undefined) return known;
    const state = { key, limit: most, inFlight: 0, waiting: 0 };
    keys.set(key, state);
    return state;
  };
  for (const lease of parts.leases.openLeases()) {
    for (const entry of (lease.keys ?? []).keys()) {
      if (lease.states[entry] !== entryState.open) continue;
      const { bytes, at } = sourceOf(lease, entry, parts.lane);
      const state = of(bytes, at);
      if (state !== undefined) state.inFlight++;
    }
  }
  const waits = parts.spec().fifo || parts.lanes().some(({ keyed }) => keyed);
  if (waits) {
    await showWaiting(parts, ({ bytes, at, retriesLater }) => {
      const state = retriesLater ? undefined : of(bytes, at);
      if (state !== undefined) state.waiting++;
    });
  }
  const room = ({ inFlight, limit: most }: KeyState) => most - inFlight;
  return [...keys.values()]
    .sort((a, b) => room(a) - room(b) || b.waiting - a.waiting || (a.key < b.key ? -1 : 1))
    .slice(0, limit);
}
