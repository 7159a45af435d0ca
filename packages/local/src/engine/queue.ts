import type {
  Delivery,
  Outgoing,
  PeekedMessage,
  PeekOptions,
  QueueStats,
  SendResult,
  SettleResult,
} from "@alienplatform/bindings";
import type { AlienError } from "@alienplatform/core";
import { admit } from "./admit.ts";
import { Alarm } from "./alarm.ts";
import { Arrivals } from "./arrivals.ts";
import { Burial } from "./burial.ts";
import { ClaimBook } from "./claims.ts";
import type { Participant } from "./commit.ts";
import { ControlBook } from "./control-book.ts";
import { DeadBook } from "./dead.ts";
import { DeadDesk } from "./dead-desk.ts";
import { deliveriesOf } from "./delivery.ts";
import { ActivityBook } from "./inspect/activity-book.ts";
import { InspectionDesk } from "./inspect/inspection-desk.ts";
import { JobBook } from "./jobs/job-book.ts";
import { JobDesk } from "./jobs/job-desk.ts";
import { metaKey } from "./keys.ts";
import { Lane } from "./lane.ts";
import type { Lease } from "./lease.ts";
import { LeaseBook } from "./leases.ts";
import { LooseBook } from "./loose.ts";
import { emptyMeta, encodeMeta, type LaneMeta, type QueueMeta } from "./meta.ts";
import { Order } from "./order.ts";
import { Outcomes } from "./outcomes.ts";
import type { DeadLetterQueue, QueueParts } from "./parts.ts";
import { peek } from "./peek.ts";
import type { Origin, QueueSpec, ReceiptSettlement, TakeOptions } from "./port.ts";
import { Rates } from "./rates.ts";
import { stats } from "./stats.ts";
import type { StoreClock } from "./store-clock.ts";
import type { Neighbour, StoreParts } from "./store-parts.ts";
import { Waiters } from "./waiters.ts";

/** One queue: its messages and leases in memory as far as they are needed, the rest as rows. */
export class LocalQueue implements Participant, Neighbour {
  readonly number: number;
  #spec: QueueSpec;
  readonly parts: QueueParts;
  readonly #store: StoreParts;
  readonly claims: ClaimBook;
  readonly #jobs: JobBook;
  readonly control: ControlBook;
  readonly deadLetters: DeadDesk;
  readonly jobs: JobDesk;
  readonly inspection: InspectionDesk;
  readonly #lanes = new Map<number, Lane>();
  #sorted: readonly Lane[] = [];
  readonly #arrivals: Arrivals;
  readonly #outcomes: Outcomes;
  readonly #waiters: Waiters;
  readonly #burial: Burial;
  #nextSerial: number;
  #purgedBelow: number;
  readonly #alarm: Alarm;
  /** The meta row is to be put, also where no other row changes. */
  #metaChanged: boolean;

  /** Without meta it is a queue declared just now. */
  constructor(number: number, spec: QueueSpec, store: StoreParts, meta?: QueueMeta) {
    this.#metaChanged = meta === undefined;
    this.number = number;
    this.#spec = spec;
    this.#store = store;
    this.#alarm = new Alarm(store.clock, () => this.#touch());
    const start = meta ?? emptyMeta;
    this.#nextSerial = start.nextLoose;
    this.#purgedBelow = start.purgedBelow;
    this.#jobs = new JobBook(number, store);
    const parts: QueueParts = {
      number,
      clock: store.clock,
      leases: new LeaseBook(number),
      loose: new LooseBook(number, store.storage, start.loose),
      dead: new DeadBook(number, store.storage, start.nextDead, start.dead),
      jobs: this.#jobs,
      rates: new Rates(store.clock.now()),
      activity: new ActivityBook(store.clock, store.term),
      spec: () => this.#spec,
      get order() {
        return order;
      },
      lane: (priority) => this.#lane(priority),
      lanes: () => this.#sorted,
      nextSerial: () => this.#nextSerial++,
      purgedBelow: () => this.#purgedBelow,
      deadLetterQueue: () => this.#deadLetterQueue,
      batch: () => store.commit.batch,
    };
    const order = new Order(parts);
    this.parts = parts;
    const empty = start.loose === 0 && start.inFlight === 0;
    for (const lane of start.lanes) {
      // A lane that has run empty starts anew, without keys.
      const keyed = lane.keyed && !(empty && lane.ready === 0);
      this.#addLane(this.#makeLane({ ...lane, keyed }));
    }
    this.claims = new ClaimBook(number, store);
    this.control = new ControlBook(number, { ...this.parts, changed: this.#touch });
    this.#arrivals = new Arrivals(this.parts);
    this.#outcomes = new Outcomes(this.parts);
    this.deadLetters = new DeadDesk(this.parts, store, this.#touch);
    const { storage, commit } = store;
    this.jobs = new JobDesk(this.parts, { storage, commit, changed: this.#touch });
    this.#waiters = new Waiters(this.parts, {
      outcomes: this.#outcomes,
      tokens: store.tokens,
      nextLease: start.nextLease,
      changed: this.#touch,
    });
    this.inspection = new InspectionDesk(this.parts, {
      storage,
      commit,
      waiting: () => this.#waiters.sessions(),
      processOf: store.processOf,
      changed: this.#touch,
    });
    this.#burial = new Burial(this.parts, {
      outcomes: this.#outcomes,
      waiters: this.#waiters,
      changed: this.#touch,
    });
    // What was declared last is what was kept.
    this.#jobs.keepMs = spec.resultsMs;
    this.spec = spec;
  }

  get spec(): QueueSpec {
    return this.#spec;
  }

  /** That of the whole store. */
  get time(): StoreClock {
    return this.#store.clock;
  }

  /** A queue becomes FIFO, or stops being it, only while it is empty. */
  set spec(spec: QueueSpec) {
    this.#spec = spec;
    if (!this.#jobs.kept && spec.resultsMs !== undefined && !this.empty)
      this.#jobs.complete = false;
    this.#jobs.keepMs = spec.resultsMs;
    this.parts.loose.apart = spec.fifo;
    this.parts.order.setFifo(spec.fifo);
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
    const meta = { lane: priority, keyed: false, next: 1, cursor: 1, index: 0, ready: 0 };
    return this.#addLane(this.#makeLane(meta));
  }

  #makeLane(meta: LaneMeta): Lane {
    const { storage, budget } = this.#store;
    return new Lane(this.number, meta, { storage, budget, jobs: this.#jobs });
  }

  #addLane(lane: Lane): Lane {
    this.#lanes.set(lane.priority, lane);
    this.#sorted = [...this.#lanes.values()].sort((a, b) => b.priority - a.priority);
    this.parts.order.added(lane);
    return lane;
  }

  #touch = (): void => {
    this.#store.commit.touch(this);
  };

  /** A request that was applied before is answered, and stores nothing. */
  send(messages: readonly Outgoing[], repeated: boolean): readonly SendResult[] {
    this.#arrivals.join(this.#store.clock.now());
    const append = repeated ? undefined : this.#arrivals.append;
    const results = messages.map((message) => admit(message, this.spec, this.claims, append));
    this.#touch();
    return results;
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

  /** The answers to a request that was applied before; `refused`: not all of it. */
  settledBefore(
    settlements: readonly ReceiptSettlement[],
    refused: boolean,
  ): readonly SettleResult[] {
    return this.#outcomes.settledBefore(settlements, refused);
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

  async stats(): Promise<QueueStats> {
    const { paused } = this.control;
    const counts = await stats(this.parts);
    return paused === undefined ? counts : { ...counts, paused };
  }

  peek(options: PeekOptions): Promise<readonly PeekedMessage[]> {
    return peek(this.parts, options);
  }

  /** Between commits, see Commit.alone. */
  async purge(): Promise<number> {
    const { commit } = this.#store;
    let removed = await this.parts.loose.purge(
      () => commit.batch,
      (into, loose) => this.#jobs.dropped(into, loose, "cancelled"),
    );
    this.#jobs.purging();
    removed += this.#arrivals.purge();
    for (const lane of this.#sorted) removed += lane.purge(commit.batch);
    this.parts.order.purge();
    this.#purgedBelow = this.#waiters.nextLease;
    this.#metaChanged = true;
    this.#touch();
    return removed;
  }

  get name(): string {
    return this.#spec.name;
  }

  get fifo(): boolean {
    return this.#spec.fifo;
  }

  comeBack(record: Buffer): void {
    this.#arrivals.comeBack(record);
    this.#touch();
  }

  arrive(record: Buffer): void {
    this.#arrivals.arrive(record);
    this.#touch();
  }

  /** Of another kind it would lose the order, or have none: then dead letters stay. */
  get #deadLetterQueue(): DeadLetterQueue | undefined {
    const { deadLetters, fifo } = this.#spec;
    const queue = deadLetters === undefined ? undefined : this.#store.queues.get(deadLetters);
    return queue?.fifo === fifo && queue.name !== this.name ? queue : undefined;
  }

  load(): Promise<void> | undefined {
    return this.parts.loose.unread ? this.parts.loose.load() : undefined;
  }

  settleDue(): void {
    this.#outcomes.endDue(this.#store.clock.now());
  }

  seal(): void {
    const { batch } = this.#store.commit;
    const now = this.#store.clock.now();
    const { paused } = this.control;
    this.#arrivals.join(now);
    const lent = this.parts.leases.inFlight > 0;
    for (const lane of this.#sorted) lane.seal(batch, now, lent);
    this.#arrivals.sealed();
    this.parts.loose.promote(now);
    const failed = (error: unknown) => this.#store.commit.fail(error);
    this.#waiters.serve(now, paused !== undefined, failed);
    if (this.#buries) this.#burial.step(now, paused?.reason ?? "", failed);
    for (const lane of this.#sorted) lane.sealDone(batch);
    this.parts.rates.fold(now);
    this.parts.activity.seal();
    this.#jobs.seal(batch, now, this.#spec.retentionMs);
    this.jobs.sweep.sealed(now);
    this.claims.seal();
    this.control.seal(batch);
    this.parts.leases.seal(batch);
    this.parts.loose.seal();
    if (batch.length > 0 || this.#metaChanged)
      batch.put(metaKey(this.number), encodeMeta(this.#meta()));
    this.#metaChanged = false;
    this.#wake(now);
  }

  /** Whether what is ready goes to the dead letters; not where that would take the last space on a disk. */
  get #buries(): boolean {
    return this.control.buries && !this.#store.commit.full;
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
    const wanted = this.#waiters.waiting || this.#buries;
    const due = wanted ? loose.nextDue() : Number.POSITIVE_INFINITY;
    const at = Math.min(leases.nextEnd(), due, this.control.until);
    this.#alarm.set(at, now);
  }

  prepare(): void {
    this.#waiters.prepare();
  }

  committed(): void {
    let readable = this.parts.loose.unread;
    for (const lane of this.#sorted) if (lane.committed()) readable = true;
    this.claims.committed();
    this.#jobs.watch.committed();
    // Before those who wait for messages: who is resumed hears of it before it gets some.
    this.control.committed();
    this.#waiters.committed();
    this.parts.activity.committed();
    if (readable && (this.#waiters.waiting || this.#buries)) this.#touch();
  }

  /** Nobody is served any more. */
  close(error: AlienError): void {
    this.#alarm.close();
    this.jobs.sweep.close();
    this.#waiters.failed(error);
    this.#jobs.watch.failed(error);
    this.#jobs.closed();
    this.control.failed(error);
    this.parts.activity.close(error);
  }
}
