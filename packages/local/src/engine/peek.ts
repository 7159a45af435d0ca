import type { PeekedMessage, PeekOptions } from "@alienplatform/bindings";
import { sourceOf } from "./delivery.ts";
import { entryState } from "./lease.ts";
import { type Loose, loosePriority } from "./loose-row.ts";
import type { QueueParts } from "./parts.ts";
import { decodeRecord, recordId } from "./record.ts";

const LOOSE_ROWS = 1_000;
const LAST_SERIAL = 2 ** 48 - 1;

/** Messages without taking them: those on loan, then the ready ones as the inspector lists them, then what is delayed. */
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
  const now = parts.clock.now();
  const { fifo } = parts.spec();
  // What is due again is handed out before what was never received: in a FIFO queue it is the head of its group.
  if (fifo) await collectDue(parts, page, now);
  for (const lane of parts.lanes()) {
    if (!fifo) await collectDue(parts, page, now, lane.priority);
    await lane.scan((bytes, at) => page.add(bytes, at, { state: "ready", attempts: 0 }));
  }
  let last: Pick<Loose, "due" | "serial"> | undefined = { due: now, serial: LAST_SERIAL };
  while (last !== undefined && !page.full) {
    const loose: readonly Loose[] = await parts.loose.list(LOOSE_ROWS, last);
    for (const { row, at, due, attempts } of loose) {
      page.add(row, at, { state: "delayed", attempts, dueAt: due });
    }
    last = loose.at(-1);
  }
  return page;
}

/** What was delayed or on loan and is due, of one priority where there is one. */
async function collectDue(
  { loose }: QueueParts,
  page: Page,
  now: number,
  priority?: number,
): Promise<void> {
  if (!loose.mayBeDue(now, priority)) return;
  for (let last: Loose | undefined; !page.full; ) {
    const some = await loose.list(LOOSE_ROWS, last);
    last = some.at(-1);
    if (last === undefined) return;
    for (const one of some) {
      if (one.due > now) return;
      if (priority !== undefined && loosePriority(one) !== priority) continue;
      const { row, at, due, attempts } = one;
      page.add(row, at, { state: "ready", attempts, dueAt: due });
    }
  }
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
