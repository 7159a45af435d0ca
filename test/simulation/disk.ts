import type { Chance } from "./chance.ts";
import type { SimProcess } from "./process.ts";
import { Rows } from "./rows.ts";
import type { Timeline } from "./timeline.ts";

/** One write: what it puts and, where there is no value, deletes. */
export type Change = readonly (readonly [name: string, value: Buffer | undefined])[];

/** Where a process can be killed on purpose, beside all the moments between two events. */
export type WritePoint = "before the write" | "before the flush" | "before the answer";

interface Write {
  readonly change: Change;
  applied: boolean;
}

/**
 * A disk with an ordered store on it. A write is there whole or not at all, in the order of writing. What the
 * process has written survives its end; what was flushed survives the power.
 */
export class SimDisk {
  readonly #timeline: Timeline;
  readonly #chance: Chance;
  #current = new Rows();
  #flushed = new Rows();
  /** Written and not flushed, in order. */
  #loose: Change[] = [];
  /** On their way. */
  #writes: Write[] = [];
  #busyUntil = 0;
  #mark = 0;
  #flushedMark = 0;
  #holder: SimProcess | undefined;
  /** How many writes there were. */
  written = 0;
  /** Milliseconds that a write takes at most. */
  slowness = 2;
  /** Told where a write is; may kill its process. */
  onPoint: ((point: WritePoint, change: Change, by: SimProcess) => void) | undefined;

  constructor(timeline: Timeline, chance: Chance) {
    this.#timeline = timeline;
    this.#chance = chance;
  }

  get rows(): Rows {
    return this.#current;
  }

  /** Nothing is on its way to it. */
  get idle(): boolean {
    return this.#busyUntil <= this.#timeline.now && this.#writes.length === 0;
  }

  get mark(): number {
    return this.#mark;
  }

  set mark(commits: number) {
    this.#mark = commits;
  }

  /** Who has the store open. */
  get holder(): SimProcess | undefined {
    return this.#holder;
  }

  /** False where another process has the lock; the kernel takes it from a dead one. */
  lock(by: SimProcess): boolean {
    if (this.#holder !== undefined) return false;
    this.#holder = by;
    by.atEnd(() => {
      if (this.#holder === by) this.#abandon();
    });
    return true;
  }

  unlock(): void {
    this.#holder = undefined;
  }

  /** Of what is on its way any beginning may still arrive. */
  #abandon(): void {
    this.#holder = undefined;
    const writes = this.#writes.splice(0);
    for (let arrive = this.#chance.int(0, writes.length); arrive > 0; arrive--) {
      const write = writes.shift();
      if (write?.applied === false) this.#apply(write.change);
    }
  }

  /** Everything is off: of what was not flushed any beginning may be there. */
  cutPower(): void {
    this.#holder?.kill();
    const kept = this.#chance.int(0, this.#loose.length);
    for (const change of this.#loose.slice(0, kept)) applyTo(this.#flushed, change);
    this.#timeline.note(`power cut, ${kept} of ${this.#loose.length} writes kept`);
    this.#loose = [];
    this.#current = new Rows(this.#flushed);
    if (this.#chance.is(0.5)) this.#mark = Math.min(this.#mark, this.#flushedMark);
  }

  write(by: SimProcess, change: Change, sync: boolean): Promise<void> {
    const write: Write = { change, applied: false };
    return new Promise((resolve) => {
      if (!by.alive) return;
      this.onPoint?.("before the write", change, by);
      if (!by.alive) return;
      this.#writes.push(write);
      const takes = this.#chance.int(0, this.slowness);
      const at = Math.max(this.#timeline.now, this.#busyUntil) + takes;
      this.#busyUntil = at;
      const finish = () => {
        if (sync) this.#flush();
        if (by.alive) this.onPoint?.("before the answer", change, by);
        by.enter("write", resolve);
      };
      this.#timeline.after(at - this.#timeline.now, `write ${change.length}`, () => {
        if (!by.alive) return;
        write.applied = true;
        this.#writes.splice(this.#writes.indexOf(write), 1);
        this.#apply(change);
        if (!sync) return finish();
        this.onPoint?.("before the flush", change, by);
        if (!by.alive) return;
        if (takes === 0) return finish();
        this.#busyUntil = this.#timeline.now + takes;
        this.#timeline.after(takes, "flush", () => {
          if (by.alive) finish();
        });
      });
    });
  }

  /** The answer to a read, now or a little later. */
  read<Answer>(by: SimProcess, run: (rows: Rows) => Answer): Promise<Answer> {
    if (this.#chance.is(0.7)) {
      return by.alive ? Promise.resolve(run(this.#current)) : new Promise(() => undefined);
    }
    return new Promise((resolve) => {
      by.after(this.#chance.int(0, this.slowness), "read", () => resolve(run(this.#current)));
    });
  }

  #apply(change: Change): void {
    this.written++;
    applyTo(this.#current, change);
    this.#loose.push(change);
  }

  #flush(): void {
    for (const change of this.#loose) applyTo(this.#flushed, change);
    this.#loose = [];
    this.#flushedMark = this.#mark;
  }
}

function applyTo(rows: Rows, change: Change): void {
  for (const [name, value] of change) {
    if (value === undefined) rows.del(name);
    else rows.put(name, value);
  }
}
