import type {
  Clock,
  DeadLetter,
  Delivery,
  Outgoing,
  PeekedMessage,
  PeekOptions,
  QueueStats,
  SendResult,
  SettleResult,
} from "@alienplatform/bindings";
import type { AlienError } from "@alienplatform/core";
import type { Storage } from "../store/storage.ts";
import { admit } from "./admit.ts";
import { ClaimBook } from "./claims.ts";
import type { Commit, Participant } from "./commit.ts";
import { DeadBook } from "./dead.ts";
import { deliveriesOf } from "./delivery.ts";
import { Groups } from "./groups.ts";
import { metaKey } from "./keys.ts";
import { Lane } from "./lane.ts";
import type { Lease } from "./lease.ts";
import { LeaseBook } from "./leases.ts";
import { JOINING, LooseBook } from "./loose.ts";
import { makeLoose } from "./loose-row.ts";
import { emptyMeta, encodeMeta, type QueueMeta } from "./meta.ts";
import { Outcomes } from "./outcomes.ts";
import type { QueueParts } from "./parts.ts";
import { peek } from "./peek.ts";
import type { Origin, QueueSpec, ReceiptSettlement, TakeOptions } from "./port.ts";
import { recordOf } from "./record.ts";
import { stats } from "./stats.ts";
import type { TokenSource } from "./token.ts";
import { Waiters } from "./waiters.ts";
import type { WindowBudget } from "./window.ts";

/** What all queues of a store share. */
export interface StoreParts {
  readonly storage: Storage;
  readonly commit: Commit;
  readonly clock: Clock;
  readonly tokens: TokenSource;
  readonly budget: WindowBudget;
}

/** A sleeping laptop's timers stand still: look at the clock at least this often. */
const LONGEST_SLEEP_MS = 60_000;

/** One queue: its messages and leases in memory as far as they are needed, the rest as rows. */
export class LocalQueue implements Participant {
  readonly number: number;
  #spec: QueueSpec;
  #groups: Groups | undefined;
  readonly parts: QueueParts;
  readonly #store: StoreParts;
  readonly claims: ClaimBook;
  readonly #lanes = new Map<number, Lane>();
  #sorted: readonly Lane[] = [];
  readonly #outcomes: Outcomes;
  readonly #waiters: Waiters;
  #nextSerial: number;
  #purgedBelow: number;
  #wakeAt = Number.POSITIVE_INFINITY;
  #cancelWake: (() => void) | undefined;
  #closed = false;
  /** The meta row is to be put, also where no other row changes. */
  #metaChanged: boolean;

  /** Without meta it is a queue declared just now. */
  constructor(number: number, spec: QueueSpec, store: StoreParts, meta?: QueueMeta) {
    this.#metaChanged = meta === undefined;
    this.number = number;
    this.#spec = spec;
    this.#store = store;
    const start = meta ?? emptyMeta;
    this.#nextSerial = start.nextLoose;
    this.#purgedBelow = start.purgedBelow;
    for (const lane of start.lanes) this.#addLane(new Lane(number, lane, store));
    this.parts = {
      number,
      clock: store.clock,
      leases: new LeaseBook(number),
      loose: new LooseBook(number, store.storage, start.loose),
      dead: new DeadBook(number, store.storage, start.nextDead, start.dead),
      spec: () => this.#spec,
      groups: () => this.#groups,
      lane: (priority) => this.#lane(priority),
      lanes: () => this.#sorted,
      nextSerial: () => this.#nextSerial++,
      purgedBelow: () => this.#purgedBelow,
      batch: () => store.commit.batch,
    };
    this.claims = new ClaimBook(number, store);
    this.#outcomes = new Outcomes(this.parts);
    this.#waiters = new Waiters(this.parts, {
      outcomes: this.#outcomes,
      tokens: store.tokens,
      nextLease: start.nextLease,
      changed: this.#touch,
    });
    this.spec = spec;
  }

  get spec(): QueueSpec {
    return this.#spec;
  }

  /** A queue becomes FIFO, or stops being it, only while it is empty. */
  set spec(spec: QueueSpec) {
    this.#spec = spec;
    if (spec.fifo === (this.#groups !== undefined)) return;
    this.#groups = spec.fifo ? new Groups() : undefined;
    this.parts.loose.apart = spec.fifo;
    for (const lane of this.#sorted) lane.setGrouped(spec.fifo);
  }

  /** Nothing waits and nothing is on loan; dead letters may be there. */
  get empty(): boolean {
    const { leases, loose } = this.parts;
    return (
      leases.inFlight === 0 && loose.count === 0 && this.#sorted.every(({ ready }) => ready === 0)
    );
  }

  #lane(priority: number): Lane {
    const lane = this.#lanes.get(priority);
    if (lane !== undefined) return lane;
    const meta = { lane: priority, next: 1, cursor: 1, index: 0, ready: 0 };
    return this.#addLane(new Lane(this.number, meta, this.#store));
  }

  #addLane(lane: Lane): Lane {
    lane.setGrouped(this.#groups !== undefined);
    this.#lanes.set(lane.priority, lane);
    this.#sorted = [...this.#lanes.values()].sort((a, b) => b.priority - a.priority);
    return lane;
  }

  #touch = (): void => {
    this.#store.commit.touch(this);
  };

  /** A request that was applied before is answered, and stores nothing. */
  send(messages: readonly Outgoing[], repeated: boolean): readonly SendResult[] {
    if (this.#groups !== undefined) this.#join(this.#store.clock.now());
    const append = repeated ? undefined : this.#append;
    const results = messages.map((message) => admit(message, this.spec, this.claims, append));
    this.#touch();
    return results;
  }

  #append = (message: Outgoing): void => {
    // A lane for its retries; those of a FIFO queue are all in one, since the order of a group beats priority.
    let lane = this.#lane(message.priority ?? 0);
    if (this.#groups !== undefined) lane = this.#lane(0);
    if (message.delayMs === undefined || message.delayMs <= 0) lane.append(message);
    else this.#postpone(recordOf(message), message.sentAt + message.delayMs);
  };

  /** In a FIFO queue: what was delayed at send goes behind what is there when it becomes due. */
  #join(now: number): void {
    const { loose } = this.parts;
    loose.promote(now);
    for (let next = loose.lend(JOINING); next !== undefined; next = loose.lend(JOINING)) {
      if (next.due + this.#spec.retentionMs > now)
        this.#lane(0).appendRecord(next.row, next.at, next.end);
      loose.del(this.#store.commit.batch, next);
    }
  }

  /** A message of its own, due later. */
  #postpone(record: Buffer, due: number): void {
    this.#putLoose(record, 0, record.length, due);
  }

  #putLoose(source: Buffer, start: number, end: number, due: number): void {
    const parts = { due, serial: this.#nextSerial++, attempts: 0 };
    this.parts.loose.put(this.#store.commit.batch, makeLoose(parts, source, start, end));
  }

  take(options: TakeOptions, signal?: AbortSignal, origin?: Origin): Promise<readonly Delivery[]> {
    const before = origin && this.parts.leases.byRequest(origin.session, origin.request);
    if (before !== undefined) {
      const { commit } = this.#store;
      return commit.durable().then(() => deliveriesOf(before, this.parts.lane));
    }
    const taken = this.#waiters.take(options, signal, origin);
    this.#touch();
    return taken;
  }

  settle(settlements: readonly ReceiptSettlement[]): readonly SettleResult[] {
    const results = this.#outcomes.settle(settlements);
    this.#touch();
    return results;
  }

  extend(receipts: readonly string[], leaseMs: number): readonly SettleResult[] {
    const results = this.#outcomes.extend(receipts, leaseMs);
    this.#touch();
    return results;
  }

  /** The holder of these leases is gone. */
  endLeases(leases: readonly Lease[]): void {
    this.#outcomes.endLeases(leases);
    this.#touch();
  }

  /** The holder of these leases left in peace: anybody may settle them. */
  leaveSession(leases: readonly Lease[]): void {
    for (const lease of leases) this.parts.leases.leaveSession(lease);
    if (leases.length > 0) this.#touch();
  }

  stats(): Promise<QueueStats> {
    return stats(this.parts);
  }

  peek(options: PeekOptions): Promise<readonly PeekedMessage[]> {
    return peek(this.parts, options);
  }

  deadLetters({ limit, after }: PeekOptions): Promise<readonly DeadLetter[]> {
    return this.parts.dead.list(limit, after);
  }

  /** Between commits, see Commit.alone. */
  async purge(): Promise<number> {
    const { commit } = this.#store;
    let removed = await this.parts.loose.purge(() => commit.batch);
    for (const lane of this.#sorted) removed += lane.purge(commit.batch);
    this.#groups?.purge(this.parts.leases);
    this.#purgedBelow = this.#waiters.nextLease;
    this.#metaChanged = true;
    this.#touch();
    return removed;
  }

  /** Between commits, see Commit.alone. */
  async redrive(ids: readonly string[]): Promise<readonly SettleResult[]> {
    const now = this.#store.clock.now();
    return this.#eachDead(ids, (row, at, end) => {
      if (this.#groups === undefined) this.#putLoose(row, at, end, now);
      else this.#lane(0).appendRecord(row, at, end);
    });
  }

  /** Between commits, see Commit.alone. */
  discard(ids: readonly string[]): Promise<readonly SettleResult[]> {
    return this.#eachDead(ids);
  }

  async #eachDead(
    ids: readonly string[],
    visit?: (row: Buffer, at: number, end: number) => void,
  ): Promise<readonly SettleResult[]> {
    const { dead } = this.parts;
    const results: SettleResult[] = [];
    const seen = new Set<string>();
    for (const id of ids) {
      const rows = seen.has(id) ? [] : await dead.find(id);
      seen.add(id);
      for (const row of rows) {
        visit?.(row.row, row.at, row.end);
        dead.del(this.#store.commit.batch, row);
      }
      results.push({ ok: true, applied: rows.length > 0 });
    }
    this.#touch();
    return results;
  }

  load(): Promise<void> | undefined {
    return this.parts.loose.unread ? this.parts.loose.load() : undefined;
  }

  seal(): void {
    const { batch } = this.#store.commit;
    const now = this.#store.clock.now();
    this.#outcomes.endDue(now);
    if (this.#groups !== undefined) this.#join(now);
    for (const lane of this.#sorted) lane.seal(batch, now);
    this.parts.loose.promote(now);
    this.#waiters.serve(now, (error) => this.#store.commit.fail(error));
    for (const lane of this.#sorted) lane.sealDone(batch);
    this.claims.seal();
    this.parts.leases.seal(batch);
    this.parts.loose.seal();
    if (batch.length > 0 || this.#metaChanged)
      batch.put(metaKey(this.number), encodeMeta(this.#meta()));
    this.#metaChanged = false;
    this.#wake(now);
  }

  #meta(): QueueMeta {
    return {
      nextLease: this.#waiters.nextLease,
      nextLoose: this.#nextSerial,
      nextDead: this.parts.dead.next,
      purgedBelow: this.#purgedBelow,
      loose: this.parts.loose.count,
      dead: this.parts.dead.count,
      inFlight: this.parts.leases.inFlight,
      lanes: this.#sorted.map(({ meta }) => meta),
    };
  }

  /** Comes back when the next lease ends or, with somebody waiting, the next message is due. */
  #wake(now: number): void {
    const { leases, loose } = this.parts;
    const due = this.#waiters.waiting ? loose.nextDue() : Number.POSITIVE_INFINITY;
    const at = Math.min(leases.nextEnd(), due);
    if (at >= this.#wakeAt || this.#closed) return;
    this.#cancelWake?.();
    this.#wakeAt = at;
    const sleepMs = Math.min(LONGEST_SLEEP_MS, Math.max(0, at - now));
    this.#cancelWake = this.#store.clock.schedule(sleepMs, () => {
      this.#wakeAt = Number.POSITIVE_INFINITY;
      this.#touch();
    });
  }

  prepare(): void {
    this.#waiters.prepare();
  }

  committed(): void {
    let readable = this.parts.loose.unread;
    for (const lane of this.#sorted) if (lane.committed()) readable = true;
    this.claims.committed();
    this.#waiters.committed();
    if (readable && this.#waiters.waiting) this.#touch();
  }

  /** Nobody is served any more. */
  close(error: AlienError): void {
    this.#closed = true;
    this.#cancelWake?.();
    this.#waiters.failed(error);
  }
}
