import type { WriteBatch } from "../store/storage.ts";
import type { Groups } from "./groups.ts";
import type { JobBook } from "./jobs/job-book.ts";
import type { KeysOnLoan } from "./keys-on-loan.ts";
import type { Lane } from "./lane.ts";
import type { Lease } from "./lease.ts";
import { type Line, Lines, UNKEYED } from "./line.ts";
import { LookAhead } from "./look-ahead.ts";
import type { LooseBook } from "./loose.ts";
import type { Loose } from "./loose-row.ts";
import { recordGroup, recordKey, recordLimit } from "./record.ts";
import { Ring } from "./ring.ts";
import type { Segment } from "./segment.ts";

/** What a message needs to be on loan, as hashes; 0 where it needs nothing. */
export interface Needs {
  readonly key: number;
  readonly group: number;
}

export interface TurnsParts {
  readonly lane: Lane;
  /** In a FIFO queue. */
  readonly groups: Groups | undefined;
  readonly keys: KeysOnLoan;
  readonly loose: LooseBook;
  readonly jobs: JobBook;
  /** Whose loose messages it gives, the highest first. */
  readonly priorities: readonly number[];
  readonly batch: () => WriteBatch;
  /** Notes what a message of the lease holds from now on. */
  readonly lent: (lease: Lease, entry: number, needs: Needs) => void;
}

/** What became of a line's next message. */
type Step = "given" | "dropped" | "blocked" | "none";

/** One take: fills the lease up to `until` messages, and drops what is older than `keptFrom`. */
interface Claim {
  readonly lease: Lease;
  readonly until: number;
  readonly keptFrom: number;
}

/**
 * Who is next in a lane whose messages have FIFO groups or concurrency keys. A message needs its group, then its
 * key. The keys take turns, all messages without one being one key; what the cursor meets and cannot give is
 * parked, and some of what comes after it is looked at ahead so that a key with much to do does not hide the others.
 */
export class Turns {
  readonly #parts: TurnsParts;
  readonly #lines = new Lines();
  /** The keys that have their turn, in order. */
  readonly #ring = new Ring();
  readonly #look = new LookAhead(this);

  constructor(parts: TurnsParts) {
    this.#parts = parts;
  }

  /** A new commit: as much may be looked at again. */
  begin(): void {
    this.#look.begin();
  }

  /** Whether claim() stopped for having looked at enough, not for want of messages. */
  get cut(): boolean {
    return this.#look.left <= 0;
  }

  /** How many keys and groups can have their turn. */
  get ready(): number {
    return this.#ring.size + (this.#parts.groups?.ready ?? 0);
  }

  /** Messages never received that wait, runs of neighbours counted once. */
  get runs(): number {
    return this.#lines.runs + (this.#parts.groups?.runs ?? 0);
  }

  /** Loose messages that wait. */
  get loose(): number {
    return this.#lines.loose;
  }

  /** Whether nothing more is looked at before something of what waits is given. */
  get full(): boolean {
    return this.#look.full;
  }

  /** Adds at most `max` messages to the lease. */
  claim(lease: Lease, max: number, keptFrom: number): void {
    const claim: Claim = { lease, until: lease.open + max, keptFrom };
    this.#takeLoose(claim);
    this.#serve(claim);
    // Of the keys that had their turn none had room: then what is due has been asked for all the same.
    if (lease.open < claim.until && this.#look.left > 0) this.#takeLoose(claim);
    this.#walk(claim);
  }

  /** The key has room again: it gets in line behind the others. */
  wake(key: number): void {
    const line = this.#lines.get(key);
    if (line !== undefined) this.#enter(line);
  }

  /** Only what is on loan is left. */
  purge(): void {
    this.#lines.clear();
    this.#ring.clear();
  }

  #enter(line: Line): void {
    if (line.inRing) return;
    line.inRing = true;
    this.#ring.push(line.key);
  }

  /** What is due goes first within its key. */
  #takeLoose(claim: Claim): void {
    const { loose } = this.#parts;
    if (loose.dueCount === 0) return;
    for (const priority of this.#parts.priorities) {
      for (;;) {
        // Where others have their turn, it has its own behind them.
        const wanted = claim.lease.open < claim.until && this.#ring.size === 0;
        if (!this.#look.mayTakeLoose(wanted)) return;
        const next = loose.lend(priority);
        if (next === undefined) break;
        this.#look.spend(1);
        if (!wanted) this.#look.spendLooseAhead();
        this.#offerLoose(claim, next, wanted);
      }
    }
  }

  #offerLoose(claim: Claim, loose: Loose, wanted: boolean): void {
    if (loose.due <= claim.keptFrom) {
      this.#dropLoose(loose);
      return;
    }
    const key = recordKey(loose.row, loose.at);
    const waits = (this.#lines.get(key)?.count ?? 0) > 0;
    const allowed = !waits && this.#allows(key, loose.row, loose.at);
    if (wanted && allowed) {
      this.#lendLoose(claim.lease, loose, key);
      return;
    }
    const line = this.#lines.of(key);
    this.#parts.loose.park(loose);
    this.#lines.appendLoose(line, loose);
    if (allowed) this.#enter(line);
  }

  #dropLoose(loose: Loose): void {
    this.#parts.groups?.free(recordGroup(loose.row, loose.at));
    this.#parts.jobs.dropped(this.#parts.batch(), loose, "expired");
    this.#parts.loose.del(this.#parts.batch(), loose);
  }

  #allows(key: number, source: Buffer, at: number): boolean {
    return key === UNKEYED || this.#parts.keys.allows(key, recordLimit(source, at));
  }

  /** Gives each key its turn until there is enough or none has one. */
  #serve(claim: Claim): void {
    const { groups } = this.#parts;
    while (claim.lease.open < claim.until && this.#look.left > 0) {
      if (groups !== undefined && groups.ready > 0) this.#enter(this.#lines.of(UNKEYED));
      const key = this.#ring.shift();
      if (key === undefined) return;
      const line = this.#lines.of(key);
      line.inRing = false;
      let step: Step = "dropped";
      while (step === "dropped" && this.#look.left > 0) {
        this.#look.spend(1);
        if (line.loose !== 0) step = this.#serveLoose(claim, line);
        else if (line.parked !== 0) step = this.#serveParked(claim, line);
        else step = this.#serveGroup(claim);
      }
      if (step !== "blocked" && line.count > 0) this.#enter(line);
    }
  }

  #serveLoose(claim: Claim, line: Line): Step {
    const { due, serial } = this.#lines.firstLoose(line);
    const loose = this.#parts.loose.parked(due, serial);
    if (loose !== undefined && due > claim.keptFrom) {
      if (!this.#allows(line.key, loose.row, loose.at)) return "blocked";
    }
    this.#lines.shift(line);
    this.#parts.loose.unpark(serial, loose);
    if (loose === undefined) return "dropped";
    if (due > claim.keptFrom) {
      this.#lendLoose(claim.lease, loose, line.key);
      return "given";
    }
    this.#dropLoose(loose);
    return "dropped";
  }

  #serveParked(claim: Claim, line: Line): Step {
    const { lane, groups } = this.#parts;
    const place = this.#lines.first(line);
    const segment = lane.passed(place.segment);
    const kept = this.#keeps(claim, segment, place.index);
    const bytes = lane.bytesOf(segment);
    const at = segment.offset(place.index);
    if (kept && !this.#allows(line.key, bytes, at)) return "blocked";
    this.#lines.shift(line);
    const group = groups === undefined ? 0 : recordGroup(bytes, at);
    if (kept) {
      this.#lend(claim.lease, segment, place.index, { key: line.key, group });
      return "given";
    }
    groups?.free(group);
    return "dropped";
  }

  /** The next message of the next group that is free; one with a key waits in the line of that. */
  #serveGroup(claim: Claim): Step {
    const { lane, groups } = this.#parts;
    const place = groups?.next();
    if (place === undefined) return "none";
    const { group, index } = place;
    const segment = lane.passed(place.segment);
    if (!this.#keeps(claim, segment, index)) {
      groups?.free(group);
      return "dropped";
    }
    const key = recordKey(lane.bytesOf(segment), segment.offset(index));
    if (key === UNKEYED) {
      this.#lend(claim.lease, segment, index, { key, group });
      return "given";
    }
    this.#wait(key, segment, index);
    return "dropped";
  }

  /** False for what has been done with while it was parked; what is too old is done with by this. */
  #keeps({ keptFrom }: Claim, segment: Segment, index: number): boolean {
    if (segment.isDone(index)) return false;
    if (segment.madeAt >= keptFrom) return true;
    this.#parts.lane.expire(segment, index);
    return false;
  }

  /** Goes on from the cursor: gives what can be given, then looks ahead. */
  #walk(claim: Claim): void {
    const { lease, until } = claim;
    const look = this.#look;
    if (lease.open < until ? look.full : !look.mayGoOn) return;
    const looked = this.#parts.lane.walk(look.left, claim.keptFrom, (segment, index) => {
      if (lease.open < until) this.#meet(lease, segment, index);
      else this.#lookAt(segment, index);
      return lease.open < until ? !look.full : look.mayGoOn;
    });
    look.spend(looked);
  }

  /** Gives a message that is wanted, or parks it where its group or key has no room. */
  #meet(lease: Lease, segment: Segment, index: number): void {
    const { lane, groups } = this.#parts;
    const bytes = lane.bytesOf(segment);
    const at = segment.offset(index);
    const group = groups === undefined ? 0 : recordGroup(bytes, at);
    if (groups?.knows(group) === true) {
      groups.park(group, segment.number, index);
      return;
    }
    groups?.hold(group);
    const key = recordKey(bytes, at);
    const waits = key !== UNKEYED && (this.#lines.get(key)?.count ?? 0) > 0;
    if (!waits && this.#allows(key, bytes, at)) this.#lend(lease, segment, index, { key, group });
    else this.#wait(key, segment, index);
  }

  /** Parks a message that nobody has asked for yet. */
  #lookAt(segment: Segment, index: number): void {
    this.#look.spendAhead();
    const { lane, groups } = this.#parts;
    const bytes = lane.bytesOf(segment);
    const at = segment.offset(index);
    const group = groups === undefined ? 0 : recordGroup(bytes, at);
    if (group === 0) this.#wait(recordKey(bytes, at), segment, index);
    else groups?.park(group, segment.number, index);
  }

  /** Parks a message for its key; the first of a key that has room gets its turn. */
  #wait(key: number, segment: Segment, index: number): void {
    const line = this.#lines.of(key);
    this.#lines.append(line, segment.number, index);
    if (line.count > 1) return;
    const { lane } = this.#parts;
    if (this.#allows(key, lane.bytesOf(segment), segment.offset(index))) this.#enter(line);
  }

  #lendLoose(lease: Lease, loose: Loose, key: number): void {
    lease.add(loose, 0);
    const { groups, lent } = this.#parts;
    const group = groups === undefined ? 0 : recordGroup(loose.row, loose.at);
    lent(lease, lease.places.length - 1, { key, group });
  }

  #lend(lease: Lease, segment: Segment, index: number, needs: Needs): void {
    this.#parts.lane.lend(segment, index);
    lease.add(segment, index);
    this.#parts.lent(lease, lease.places.length - 1, needs);
  }
}
