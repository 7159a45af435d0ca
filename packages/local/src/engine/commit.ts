import type { AlienError } from "@alienplatform/core";
import { failureOf } from "../store/damage.ts";
import type { Storage, WriteBatch } from "../store/storage.ts";
import { storeRow } from "./keys.ts";

/** Part of the engine's state that takes part in commits. */
export interface Participant {
  /** Reads rows that the seal needs, while no commit is in flight; undefined where there are none. */
  load?(): Promise<void> | undefined;
  /** Does what time has made due, which may touch others: they are in this commit then. */
  settleDue?(): void;
  /** Puts what has changed into the commit's batch. */
  seal(): void;
  /** The batch is on its way: time for work that needs no disk. */
  prepare?(): void;
  /** What was sealed is durable. */
  committed?(): void;
}

interface Tick {
  readonly durable: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: AlienError) => void;
}

interface Alone {
  /** Never rejects. */
  readonly run: () => Promise<void>;
  readonly reject: (error: AlienError) => void;
}

const EAGER_MESSAGES = 512;

/**
 * Group commit: all that changes in a turn of the event loop goes to disk in one write, one write at a time;
 * what changes while it is on its way is the next.
 */
export class Commit {
  readonly #storage: Storage;
  /** Whether what a commit stores has to survive the power, from the next one on. */
  sync: boolean;
  /** The disk is full: what can wait for space waits. */
  full = false;
  /** Something was written that a power cut may take. */
  #unsynced = false;
  #count: number;
  #batch: WriteBatch | undefined;
  #tick: Tick | undefined;
  #changed = new Set<Participant>();
  readonly #alone: Alone[] = [];
  #scheduled = false;
  #busy = false;
  /** Messages counted by hurry() since the last seal. */
  #waiting = 0;
  #failure: AlienError | undefined;
  #idle: (() => void) | undefined;
  /** Told once, when nothing can be written any more. */
  onFailure: ((error: AlienError) => void) | undefined;

  constructor(storage: Storage, options: { readonly sync: boolean; readonly count: number }) {
    this.#storage = storage;
    this.sync = options.sync;
    this.#count = options.count;
  }

  /** Writes up to now, of this opening and before. */
  get count(): number {
    return this.#count;
  }

  /** The batch being built. */
  get batch(): WriteBatch {
    this.#batch ??= this.#storage.batch();
    return this.#batch;
  }

  /** Why nothing can be written any more. */
  get failure(): AlienError | undefined {
    return this.#failure;
  }

  /** The participant has something to seal. */
  touch(participant: Participant): void {
    this.#changed.add(participant);
    this.#schedule();
  }

  /** Resolves when all that has changed up to now is on disk. */
  durable(): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    if (this.#tick === undefined) {
      this.#tick = newTick();
      this.#schedule();
    }
    return this.#tick.durable;
  }

  /**
   * So many more messages wait for the next write. Enough of them do not wait for the end of the turn: they
   * are on their way while the rest of the turn is still encoding.
   */
  hurry(messages: number): void {
    this.#waiting += messages;
    if (this.#waiting >= EAGER_MESSAGES && !this.#busy) this.#flush();
  }

  /** Runs something that reads and then changes, with no commit in flight and none before its own. */
  alone<Result>(run: () => Promise<Result>): Promise<Result> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      this.#alone.push({
        run: () =>
          run().then((result) => {
            this.durable().then(() => resolve(result), reject);
          }, reject),
        reject,
      });
      this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#scheduled || this.#busy) return;
    this.#scheduled = true;
    queueMicrotask(() => this.#flush());
  }

  #flush(): void {
    this.#scheduled = false;
    if (this.#busy || this.#failure !== undefined) return;
    const alone = this.#alone.shift();
    if (alone !== undefined) {
      this.#busy = true;
      void alone.run().then(() => this.#seal());
      return;
    }
    const reads: Promise<void>[] = [];
    for (const participant of this.#changed) {
      const read = participant.load?.();
      if (read !== undefined) reads.push(read);
    }
    if (reads.length === 0) {
      this.#seal();
      return;
    }
    this.#busy = true;
    Promise.all(reads).then(
      () => this.#seal(),
      (error) => this.fail(error),
    );
  }

  #seal(): void {
    if (this.#failure !== undefined) return;
    const changed = this.#changed;
    this.#waiting = 0;
    this.#step(() => {
      // Also those that are touched meanwhile: a set is walked to its last member.
      for (const participant of changed) participant.settleDue?.();
    });
    this.#changed = new Set();
    if (this.#failure !== undefined) return;
    this.#step(() => {
      for (const participant of changed) participant.seal();
    });
    if (this.#failure !== undefined) return;
    const batch = this.#batch;
    const tick = this.#tick;
    this.#tick = undefined;
    if (batch === undefined || batch.length === 0) {
      this.#done(changed, tick);
      return;
    }
    this.#batch = undefined;
    this.#busy = true;
    this.#count++;
    batch.put(storeRow.commits, this.#countRow());
    const { sync } = this;
    this.#unsynced = !sync;
    batch.write({ sync }).then(
      () => {
        if (sync) this.#storage.mark(this.#count);
        this.#done(changed, tick);
      },
      (error) => {
        this.fail(error);
        if (this.#failure !== undefined) tick?.reject(this.#failure);
      },
    );
    this.#step(() => {
      for (const participant of changed) participant.prepare?.();
    });
  }

  /** What a participant cannot do, because a row is damaged, fails the store and not the process. */
  #step(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.fail(error);
    }
  }

  #done(changed: Set<Participant>, tick: Tick | undefined): void {
    this.#busy = false;
    this.#step(() => {
      for (const participant of changed) participant.committed?.();
    });
    tick?.resolve();
    if (this.#changed.size > 0 || this.#tick !== undefined || this.#alone.length > 0) {
      this.#schedule();
    } else {
      this.#idle?.();
    }
  }

  /** Memory is ahead of the disk: nothing more is written until the store is opened again. */
  fail(cause: unknown): void {
    if (this.#failure !== undefined) return;
    this.#busy = false;
    this.#failure = failureOf(cause);
    this.onFailure?.(this.#failure);
    this.#tick?.reject(this.#failure);
    for (const { reject } of this.#alone.splice(0)) reject(this.#failure);
    this.#idle?.();
  }

  /** The last write: also what only the process was to survive is on the disk after a close. */
  async close(): Promise<void> {
    while (this.#failure === undefined && (this.#busy || this.#scheduled)) {
      await new Promise<void>((resolve) => {
        this.#idle = resolve;
      });
    }
    if (this.#failure !== undefined || !this.#unsynced) return;
    const batch = this.#storage.batch();
    batch.put(storeRow.commits, this.#countRow());
    await batch.write({ sync: true });
    this.#storage.mark(this.#count);
  }

  #countRow(): Buffer {
    const row = Buffer.allocUnsafe(8);
    row.writeDoubleBE(this.#count);
    return row;
  }
}

function newTick(): Tick {
  let settle: Pick<Tick, "resolve" | "reject"> | undefined;
  const durable = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject };
  });
  return { durable, resolve: () => settle?.resolve(), reject: (error) => settle?.reject(error) };
}
