import type { InspectedMessage, InspectedPage } from "@alienplatform/bindings/operate";
import { sourceOf } from "../delivery.ts";
import type { FoundJob, Loan } from "../jobs/job-finder.ts";
import type { LoosePlace } from "../jobs/job-row.ts";
import type { Lane } from "../lane.ts";
import { entryState } from "../lease.ts";
import { loosePriority } from "../loose-row.ts";
import type { QueueParts } from "../parts.ts";
import { recordId } from "../record.ts";
import type { SegmentPlace } from "../segment.ts";
import { InspectedList } from "./inspected-list.ts";
import { inspectedLoan, inspectedLoose, inspectedReady } from "./to-inspected.ts";

/** Of so many pages it is known where they ended, also when their last message has gone on. */
const MOST_ENDS = 1_024;
const LOOSE_ROWS = 1_000;
const LAST_SERIAL = 2 ** 48 - 1;

/** Where a page goes on: in a section of a list, behind a place there. */
interface Place {
  readonly section: string;
  readonly at: LoosePlace | SegmentPlace;
}

interface Section {
  readonly name: string;
  fill(list: InspectedList<Place>, after: Place["at"] | undefined): Promise<void>;
}

/** Messages of one state, page by page, each page without reading those before it. */
export class MessagePages {
  readonly #parts: QueueParts;
  readonly #find: (id: string) => Promise<FoundJob | undefined>;
  readonly #ends = new Map<string, Place>();

  constructor(parts: QueueParts, find: (id: string) => Promise<FoundJob | undefined>) {
    this.#parts = parts;
    this.#find = find;
  }

  async page({ state, limit, after }: InspectedPage): Promise<readonly InspectedMessage[]> {
    if (state === "inFlight") return this.#onLoan(limit, after);
    const sections = state === "ready" ? this.#ready() : [this.#loose("delayed")];
    const from = after === undefined ? undefined : await this.#placeOf(state, after);
    const start = sections.findIndex(({ name }) => name === from?.section);
    // Where the message is gone and was the end of no page, those that were sent later follow.
    const list = new InspectedList<Place>(limit, start < 0 ? after : undefined);
    for (const section of start < 0 ? sections : sections.slice(start)) {
      if (list.full) break;
      await section.fill(list, section.name === from?.section ? from.at : undefined);
    }
    const last = list.messages.at(-1);
    if (last !== undefined && list.last !== undefined) this.#remember(state, last.id, list.last);
    return list.messages;
  }

  #remember(state: string, id: string, place: Place): void {
    const name = `${state} ${id}`;
    this.#ends.delete(name);
    this.#ends.set(name, place);
    if (this.#ends.size <= MOST_ENDS) return;
    for (const oldest of this.#ends.keys()) {
      this.#ends.delete(oldest);
      return;
    }
  }

  async #placeOf(state: string, after: string): Promise<Place | undefined> {
    const known = this.#ends.get(`${state} ${after}`);
    if (known !== undefined) return known;
    const found = await this.#find(after);
    if (found?.where === "segment" && found.loan === undefined) {
      const { lane, segment, index } = found.record;
      return { section: nameOf(lane), at: { segment: segment.number, index } };
    }
    if (found?.where !== "loose" || found.loan !== undefined) return undefined;
    const { due, serial } = found.loose;
    if (state === "delayed") return { section: state, at: { due, serial } };
    if (due > this.#parts.clock.now()) return undefined;
    const priority = this.#parts.spec().fifo ? undefined : loosePriority(found.loose);
    return { section: looseName(priority), at: { due, serial } };
  }

  /** In the order of their ids: who has them takes them in an order of its own. */
  #onLoan(limit: number, after = ""): readonly InspectedMessage[] {
    const { leases, lane } = this.#parts;
    let first: { readonly id: string; readonly loan: Loan }[] = [];
    const sort = () => {
      first.sort((a, b) => (a.id < b.id ? -1 : 1));
      first = first.slice(0, limit);
    };
    for (const lease of leases.openLeases()) {
      for (let entry = 0; entry < lease.places.length; entry++) {
        if (lease.states[entry] !== entryState.open) continue;
        const { bytes, at } = sourceOf(lease, entry, lane);
        const id = recordId(bytes, at);
        if (id <= after) continue;
        first.push({ id, loan: { lease, entry } });
        if (first.length >= 2 * limit + 1_000) sort();
      }
    }
    sort();
    const list = new InspectedList<undefined>(limit, undefined);
    for (const { loan } of first) {
      const { bytes, at } = sourceOf(loan.lease, loan.entry, lane);
      if (!list.add(bytes, at, undefined, () => inspectedLoan(loan, lane))) break;
    }
    return list.messages;
  }

  /** By falling priority, first what is due again, then what was never received. */
  #ready(): readonly Section[] {
    const lanes = this.#parts.lanes().map((lane) => this.#lane(lane));
    if (this.#parts.spec().fifo) return [this.#loose("ready"), ...lanes];
    return this.#parts.lanes().flatMap((lane, position) => {
      const never = lanes[position];
      return never === undefined ? [] : [this.#loose("ready", lane.priority), never];
    });
  }

  #lane(lane: Lane): Section {
    const section = nameOf(lane);
    return {
      name: section,
      fill: (list, after) =>
        lane.scan(
          (bytes, at, segment, index) =>
            list.add(bytes, at, { section, at: { segment, index } }, () =>
              inspectedReady(bytes, at),
            ),
          after !== undefined && "segment" in after ? after : undefined,
        ),
    };
  }

  /** Those in rows of their own, by their time: due ones, of one priority where there is one, or those due later. */
  #loose(state: "ready" | "delayed", priority?: number): Section {
    const { loose, clock } = this.#parts;
    const section = state === "delayed" ? state : looseName(priority);
    return {
      name: section,
      fill: async (list, after) => {
        const now = clock.now();
        if (state === "ready" && !loose.mayBeDue(now, priority)) return;
        const start = state === "ready" ? undefined : { due: now, serial: LAST_SERIAL };
        const known = after !== undefined && "due" in after ? after : undefined;
        let from = known !== undefined && known.due > (start?.due ?? 0) ? known : start;
        while (!list.full) {
          const most = priority === undefined ? list.room : LOOSE_ROWS;
          const some = await loose.list(most, from);
          for (const one of some) {
            if (state === "ready" && one.due > now) return;
            if (priority !== undefined && loosePriority(one) !== priority) continue;
            const { row, at, due, serial } = one;
            const place = { section, at: { due, serial } };
            if (!list.add(row, at, place, () => inspectedLoose(one, now))) return;
          }
          from = some.at(-1);
          if (from === undefined) return;
        }
      },
    };
  }
}

function nameOf({ priority }: Lane): string {
  return `lane ${priority}`;
}

function looseName(priority: number | undefined): string {
  return `due ${priority ?? ""}`;
}
