import type { Delivery } from "@alienplatform/bindings";
import type { Lane } from "./lane.ts";
import { entryState, type Lease } from "./lease.ts";
import { TOKEN_LENGTH } from "./leases.ts";
import { keptOf } from "./loose-row.ts";
import {
  recordBody,
  recordHeaders,
  recordId,
  recordMeta,
  recordPriority,
  recordSentAt,
} from "./record.ts";
import { Segment } from "./segment.ts";
import type { Source } from "./source.ts";

export function sourceOf(lease: Lease, entry: number, lane: (priority: number) => Lane): Source {
  const place = lease.places[entry];
  if (place === undefined) throw new RangeError(`lease ${lease.number} has no message ${entry}`);
  if (!(place instanceof Segment)) {
    const { row, at, attempts } = place;
    return { bytes: row, at, attempts, kept: keptOf(place) };
  }
  const bytes = lane(place.lane).bytesOf(place);
  return { bytes, at: place.offset(lease.indexes[entry] ?? 0), attempts: 0, kept: undefined };
}

type Writable<Fields> = { -readonly [Name in keyof Fields]: Fields[Name] };

/** What the holder of a lease is given: its messages that have no outcome yet. */
export function deliveriesOf(lease: Lease, lane: (priority: number) => Lane): Delivery[] {
  const deliveries: Delivery[] = [];
  const receipt = `${lease.token}.`;
  for (let entry = 0; entry < lease.places.length; entry++) {
    if (lease.states[entry] !== entryState.open) continue;
    const { bytes, at, attempts } = sourceOf(lease, entry, lane);
    const priority = recordPriority(bytes, at);
    const meta = recordMeta(bytes, at);
    const headers = recordHeaders(bytes, at, meta);
    const { group } = meta;
    const delivery: Writable<Delivery> = {
      id: recordId(bytes, at),
      receipt: receipt + entry.toString(36),
      body: recordBody(bytes, at),
      headers,
      attempt: attempts + 1,
      sentAt: recordSentAt(bytes, at),
      leaseUntil: lease.untilOf(entry),
    };
    if (group !== undefined) delivery.group = group;
    if (priority > 0) delivery.priority = priority;
    deliveries.push(delivery);
  }
  return deliveries;
}

/** The lease's token and the message's place in it; undefined for what is no receipt. */
export function parseReceipt(
  receipt: string,
): { readonly token: string; readonly entry: number } | undefined {
  if (receipt.charCodeAt(TOKEN_LENGTH) !== 46) return undefined;
  const entry = Number.parseInt(receipt.slice(TOKEN_LENGTH + 1), 36);
  if (!(entry >= 0) || entry.toString(36) !== receipt.slice(TOKEN_LENGTH + 1)) return undefined;
  return { token: receipt.slice(0, TOKEN_LENGTH), entry };
}
