import type { PeekedMessage, PeekOptions } from "@alienplatform/bindings";
import { sourceOf } from "./delivery.ts";
import { entryState } from "./lease.ts";
import type { Loose } from "./loose-row.ts";
import type { QueueParts } from "./parts.ts";
import { decodeRecord, recordId } from "./record.ts";

/** Messages without taking them: those on loan, then the ready ones in their order, then what is delayed or comes again. */
export async function peek(
  parts: QueueParts,
  { limit, after }: PeekOptions,
): Promise<readonly PeekedMessage[]> {
  const page = await collect(parts, new Page(limit, after, false));
  if (page.began) return page.messages;
  return (await collect(parts, new Page(limit, after, true))).messages;
}

async function collect(parts: QueueParts, page: Page): Promise<Page> {
  for (const lease of parts.leases.openLeases()) {
    for (let entry = 0; entry < lease.places.length; entry++) {
      if (lease.states[entry] !== entryState.open) continue;
      const { bytes, at, attempts } = sourceOf(lease, entry, parts.lane);
      page.add(bytes, at, { state: "inFlight", attempts: attempts + 1 });
    }
  }
  for (const lane of parts.lanes()) {
    await lane.scan((bytes, at) => page.add(bytes, at, { state: "ready", attempts: 0 }));
  }
  const now = parts.clock.now();
  for (let last: Loose | undefined; !page.full; ) {
    const loose = await parts.loose.list(1000, last);
    last = loose.at(-1);
    if (last === undefined) break;
    for (const { row, at, due, attempts } of loose) {
      page.add(row, at, { state: due <= now ? "ready" : "delayed", attempts, dueAt: due });
    }
  }
  return page;
}

/** Collects what comes after an id; where that one is gone, what was sent later, and all that was delayed or comes again. */
class Page {
  readonly messages: PeekedMessage[] = [];
  readonly #limit: number;
  readonly #gone: boolean;
  #after: string | undefined;

  constructor(limit: number, after: string | undefined, gone: boolean) {
    this.#limit = limit;
    this.#after = after;
    this.#gone = gone;
  }

  /** Whether the id has been met. */
  get began(): boolean {
    return this.#after === undefined;
  }

  get full(): boolean {
    return this.messages.length >= this.#limit;
  }

  /** Answers whether there is room for more. */
  add(
    bytes: Buffer,
    at: number,
    how: Pick<PeekedMessage, "state" | "attempts" | "dueAt">,
  ): boolean {
    if (this.full) return false;
    if (this.#isBefore(recordId(bytes, at), how.dueAt !== undefined)) return true;
    this.messages.push({ ...decodeRecord(bytes, at), ...how });
    return !this.full;
  }

  #isBefore(id: string, loose: boolean): boolean {
    if (this.#after === undefined) return false;
    // Ids sort by the time of their sending, as do messages but the delayed and the returned ones.
    if (this.#gone) return !loose && id <= this.#after;
    if (id === this.#after) this.#after = undefined;
    return true;
  }
}
