import type { DeadLetter } from "@alienplatform/bindings";
import type { Storage } from "../../store/storage.ts";
import type { Commit } from "../commit.ts";
import { findLoose } from "../inspect/find-loose.ts";
import { jobGroupKey, jobKey, looseKey } from "../keys.ts";
import { entryState, type Lease, type Place } from "../lease.ts";
import { type Loose, parseLoose } from "../loose-row.ts";
import type { QueueParts } from "../parts.ts";
import { decodeDelayed, isDelayedRow } from "./delayed-row.ts";
import { type EndedMessage, EndedRow } from "./ended-row.ts";
import { SPAN_MS } from "./ended-writer.ts";
import { fate } from "./fate.ts";
import { timeOfId } from "./id-time.ts";
import { REACH_MS, RECORD_REACH_MS } from "./job-book.ts";
import { decodeJob, type EndedJob, type JobRow, type LoosePlace } from "./job-row.ts";
import { type SearchSpan, type SegmentRecord, searchSegments } from "./segment-search.ts";

/** A look that met a message on its way from one place to another is repeated; one that met it so often is not. */
const MOST_LOOKS = 5;
const ROWS = 256;

/** A message of an open lease. */
export interface Loan {
  readonly lease: Lease;
  readonly entry: number;
}

/** A job, where it is. */
export type FoundJob =
  | {
      readonly where: "segment";
      readonly record: SegmentRecord;
      /** Where it is on loan. */
      readonly loan: Loan | undefined;
    }
  | { readonly where: "loose"; readonly loose: Loose; readonly loan: Loan | undefined }
  | { readonly where: "dead"; readonly letter: DeadLetter }
  /** In a row of its own; the time of that may be over. */
  | { readonly where: "ended"; readonly id: string; readonly job: EndedJob }
  /** It ended with its segment, or before that. */
  | { readonly where: "past"; readonly message: EndedMessage };

/** Finds jobs by id: by the rows that are about one job, and else by the time that is in its id. */
export class JobFinder {
  readonly #parts: QueueParts;
  readonly #storage: Storage;
  readonly #commit: Commit;

  constructor(parts: QueueParts, storage: Storage, commit: Commit) {
    this.#parts = parts;
    this.#storage = storage;
    this.#commit = commit;
  }

  /** Undefined where no such job was sent, or nothing is kept of it any more. */
  async find(id: string): Promise<FoundJob | undefined> {
    for (let looks = 1; ; looks++) {
      await this.#parts.jobs.settled();
      const { count } = this.#commit;
      const found = await this.look(id);
      // What it answers is on disk too: a job that ended stays so.
      await this.#commit.durable();
      if (found !== undefined || this.#commit.count === count || looks === MOST_LOOKS) return found;
    }
  }

  /** The same at once, where nothing is being written. */
  async look(id: string): Promise<FoundJob | undefined> {
    const place = await this.#row(id);
    if (place !== undefined && "status" in place) return { where: "ended", id, job: place };
    const record = await this.#inSegments(id, place);
    const live = record && this.#live(record);
    if (live !== undefined) return live;
    // It may have moved since; what it came to is written down before the segment forgets it.
    const row = await this.#row(id);
    if (row !== undefined && "status" in row) return { where: "ended", id, job: row };
    const loose = row !== undefined && "due" in row ? await this.loose(row) : undefined;
    if (loose !== undefined) return loose;
    const letter = (await this.#parts.dead.find(id)).at(-1)?.letter;
    if (letter !== undefined) return { where: "dead", letter };
    return (await this.#inGroups(id, row)) ?? (record && past(id, record));
  }

  async #row(id: string): Promise<JobRow | undefined> {
    const row = await this.#storage.get(jobKey(this.#parts.number, id));
    return row && decodeJob(row);
  }

  #inSegments(id: string, place: JobRow | undefined): Promise<SegmentRecord | undefined> {
    if (place !== undefined && "segment" in place) {
      const span = { from: place.madeAt, until: place.madeAt };
      return searchSegments(this.#parts, this.#storage, id, span);
    }
    const from = timeOfId(id);
    if (Number.isNaN(from)) return Promise.resolve(undefined);
    return searchSegments(this.#parts, this.#storage, id, { from, until: from + REACH_MS });
  }

  /** One that waits, is on loan or dead, where no records of jobs lead to it: among all that there are. */
  async search(id: string): Promise<FoundJob | undefined> {
    const letter = (await this.#parts.dead.find(id)).at(-1)?.letter;
    if (letter !== undefined) return { where: "dead", letter };
    const drawn = timeOfId(id);
    const near = { from: drawn, until: drawn + REACH_MS, waiting: true };
    const record = Number.isNaN(drawn) ? undefined : await this.#search(id, near);
    if (record !== undefined) return record;
    const place = await findLoose(this.#parts.number, this.#storage, id);
    const loose = place && (await this.loose(place));
    if (loose !== undefined) return loose;
    return this.#search(id, { from: 0, until: Number.POSITIVE_INFINITY, waiting: true });
  }

  async #search(id: string, span: SearchSpan): Promise<FoundJob | undefined> {
    const record = await searchSegments(this.#parts, this.#storage, id, span);
    return record && this.#live(record);
  }

  /** Undefined where the message is done with. */
  #live(record: SegmentRecord): FoundJob | undefined {
    const { lane, segment, index } = record;
    const loan = this.#loanOf(
      (place, at) =>
        "count" in place &&
        place.number === segment.number &&
        place.lane === segment.lane &&
        at === index,
    );
    if (loan !== undefined) return { where: "segment", record, loan };
    const given = !lane.span.parks && lane.isBehind(segment.number, index);
    if (given || segment.isDone(index)) return undefined;
    return { where: "segment", record, loan };
  }

  /** The one at a place; undefined where it is not there any more. */
  async loose({ due, serial }: LoosePlace): Promise<FoundJob | undefined> {
    const row = await this.#storage.get(looseKey(this.#parts.number, due, serial));
    if (row === undefined) return undefined;
    const loan = this.#loanOf((place) => "serial" in place && place.serial === serial);
    return { where: "loose", loose: parseLoose(due, serial, row), loan };
  }

  #loanOf(matches: (place: Place, index: number) => boolean): Loan | undefined {
    for (const lease of this.#parts.leases.openLeases()) {
      const { places, indexes, states } = lease;
      const entry = places.findIndex(
        (place, at) => states[at] === entryState.open && matches(place, indexes[at] ?? 0),
      );
      if (entry >= 0) return { lease, entry };
    }
    return undefined;
  }

  /** Among what ended with its segment, and what was delayed at send. */
  async #inGroups(id: string, place: JobRow | undefined): Promise<FoundJob | undefined> {
    const { number: queue } = this.#parts;
    const inSegment = place !== undefined && "segment" in place;
    const from = inSegment ? place.madeAt : timeOfId(id);
    if (Number.isNaN(from)) return undefined;
    const until = inSegment ? from + SPAN_MS : from + RECORD_REACH_MS;
    const lt = jobGroupKey(queue, until + 1, 0, 0);
    let range: { gte?: Buffer; gt?: Buffer; lt: Buffer } = {
      gte: jobGroupKey(queue, from, 0, 0),
      lt,
    };
    for (;;) {
      const rows = await this.#storage.rows(range, ROWS);
      for (const [, row] of rows) {
        if (isDelayedRow(row)) {
          if (!row.includes(id, 0, "latin1")) continue;
          const delayed = decodeDelayed(row).find((message) => message.id === id);
          const loose = delayed && (await this.loose(delayed));
          if (loose !== undefined) return loose;
          continue;
        }
        const message = new EndedRow(row).find(id);
        if (message !== undefined) return { where: "past", message };
      }
      const last = rows.at(-1)?.[0];
      if (last === undefined || rows.length < ROWS) return undefined;
      range = { gt: last, lt };
    }
  }
}

/** One of a segment whose others are not all done with. */
function past(id: string, { segment, index }: SegmentRecord): FoundJob | undefined {
  const message = segment.endOf(id, index);
  return message === undefined || message.fate === fate.moved
    ? undefined
    : { where: "past", message };
}
