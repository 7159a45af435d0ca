/** One that waits for its turn to go out. */
export interface Waiting {
  readonly bytes: number;
  /** Those of one group go in order; those without one need not. */
  readonly group: string | undefined;
}

interface Lane<Entry> {
  readonly group: string | undefined;
  readonly entries: Entry[];
  bytes: number;
  /** A batch of the group is out. */
  busy: boolean;
}

/**
 * What waits to go out, in order of arrival. While a batch with messages of a group is out, the rest of that group
 * stays, so that none overtakes another; groups take turns.
 */
export class WaitingLine<Entry extends Waiting> {
  readonly #lanes = new Map<string | undefined, Lane<Entry>>();
  /** Those that may go, in order of their turns. */
  readonly #turns = new Set<Lane<Entry>>();
  #ready = 0;
  #readyBytes = 0;
  #waiting = 0;

  /** How many wait. */
  get waiting(): number {
    return this.#waiting;
  }

  /** How many of those may go now. */
  get ready(): number {
    return this.#ready;
  }

  /** Whether those that may go are enough for a whole batch. */
  fills(maxItems: number, maxBytes: number): boolean {
    return this.#ready >= maxItems || this.#readyBytes >= maxBytes;
  }

  push(entry: Entry): void {
    const lane = this.#lane(entry.group);
    lane.entries.push(entry);
    this.#grew(lane, 1, entry.bytes);
  }

  /** The next batch, in order. What it holds of a group keeps the rest of that group back until done(). */
  take(maxItems: number, maxBytes: number): Entry[] {
    const batch: Entry[] = [];
    let bytes = 0;
    for (const lane of this.#turns) {
      let count = 0;
      let laneBytes = 0;
      for (const entry of lane.entries) {
        const fits = batch.length === 0 || bytes + entry.bytes <= maxBytes;
        if (batch.length >= maxItems || !fits) break;
        batch.push(entry);
        bytes += entry.bytes;
        laneBytes += entry.bytes;
        count++;
      }
      if (count === 0) break;
      lane.entries.splice(0, count);
      this.#grew(lane, -count, -laneBytes);
      if (lane.group !== undefined) this.#close(lane);
    }
    return batch;
  }

  /** A batch is back. Those that failed go to the front again; their groups may go on. */
  done(batch: readonly Entry[], failed: readonly Entry[]): void {
    for (let index = failed.length - 1; index >= 0; index--) {
      const entry = failed[index] as Entry; // the index is below the length
      const lane = this.#lane(entry.group);
      lane.entries.unshift(entry);
      this.#grew(lane, 1, entry.bytes);
    }
    for (const { group } of batch) {
      const lane = this.#lanes.get(group);
      if (lane?.busy) this.#reopen(lane);
    }
  }

  #lane(group: string | undefined): Lane<Entry> {
    let lane = this.#lanes.get(group);
    if (lane === undefined) {
      lane = { group, entries: [], bytes: 0, busy: false };
      this.#lanes.set(group, lane);
    }
    return lane;
  }

  #grew(lane: Lane<Entry>, count: number, bytes: number): void {
    lane.bytes += bytes;
    this.#waiting += count;
    if (lane.busy) return;
    this.#ready += count;
    this.#readyBytes += bytes;
    if (lane.entries.length > 0) this.#turns.add(lane);
    else this.#turns.delete(lane);
  }

  #close(lane: Lane<Entry>): void {
    lane.busy = true;
    this.#turns.delete(lane);
    this.#ready -= lane.entries.length;
    this.#readyBytes -= lane.bytes;
  }

  #reopen(lane: Lane<Entry>): void {
    lane.busy = false;
    if (lane.entries.length === 0) {
      this.#lanes.delete(lane.group);
      return;
    }
    this.#turns.add(lane);
    this.#ready += lane.entries.length;
    this.#readyBytes += lane.bytes;
  }
}
