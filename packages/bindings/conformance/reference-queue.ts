import { randomUUID } from "node:crypto";
import type { Clock } from "../src/clock.ts";
import { type Attempt, withRedrive } from "../src/queue/attempt.ts";
import type { QueueOptions } from "../src/queue/binding.ts";
import type { DeadLetter } from "../src/queue/dead-letter.ts";
import { deathOf } from "../src/queue/death.ts";
import type {
  Delivery,
  Failure,
  Outcome,
  Outgoing,
  SendResult,
  SettleResult,
} from "../src/queue/driver.ts";
import type { QueueStats } from "../src/queue/operator.ts";
import { Bell } from "./bell.ts";
import { ReferenceActivity } from "./reference-activity.ts";
import { ReferenceControl } from "./reference-control.ts";
import { letterOf, messageOf, ReferenceDeadLetters } from "./reference-dead-letters.ts";
import { ReferenceJobs } from "./reference-jobs.ts";
import { paused, refused, unknownQueue } from "./reference-refusals.ts";
import { referenceStats } from "./reference-stats.ts";
import { inTurn } from "./reference-turns.ts";
import { byPriorityThenPlace, contentOf, deliveryOf, type Loan, type Stored } from "./stored.ts";

const MOST_ATTEMPTS = 100;
const DAY_MS = 24 * 60 * 60 * 1000;

/** What a queue means, in arrays and maps: the specification that every driver is compared with. */
export class ReferenceQueue {
  readonly name: string;
  readonly options: QueueOptions;
  readonly clock: Clock;
  /** Rings when something was put in or given back. */
  readonly bell = new Bell();
  readonly control: ReferenceControl;
  readonly jobs: ReferenceJobs;
  readonly activity: ReferenceActivity;
  /** How many wait for messages. */
  takesWaiting = 0;
  /** The others of the platform, by name. */
  readonly siblings = new Map<string, ReferenceQueue>();
  /** In the order of sending. */
  protected messages: Stored[] = [];
  protected readonly dead = new ReferenceDeadLetters();
  protected readonly loans = new Map<string, Loan>();
  protected readonly keys = new Map<string, { id: string; at: number; content: string }>();
  #places = 0;
  /** By concurrency key. */
  readonly #served = new Map<string | undefined, number>();
  #turns = 0;

  constructor(name: string, options: QueueOptions, clock: Clock) {
    this.name = name;
    this.options = options;
    this.clock = clock;
    this.control = new ReferenceControl(clock);
    this.activity = new ReferenceActivity(clock);
    this.jobs = new ReferenceJobs(options, clock);
    this.control.listen(() => this.bell.ring());
  }

  send(message: Outgoing): SendResult {
    this.joinDue();
    const original = this.original(message);
    if (original !== undefined) {
      const conflict = original.content !== contentOf(message);
      if (conflict && this.options.idempotency.conflict === "error") {
        return refused("IDEMPOTENCY_CONFLICT", "the key was used with another payload");
      }
      return { ok: true, id: original.id, deduplicated: true };
    }
    this.remember(message);
    this.activity.tell("sent", message);
    this.enqueue(message, message.sentAt + (message.delayMs ?? 0));
    return { ok: true, id: message.id, deduplicated: false };
  }

  /** `handled`: a consumer takes them, for its handlers: none while the queue is paused. */
  take(max: number, leaseMs: number, handled = false): readonly Delivery[] {
    this.endLeases();
    if (handled && this.holdsBack()) return [];
    const most = handled ? Math.min(max, this.handlersFree()) : max;
    const taken: Delivery[] = [];
    for (const stored of this.inOrder()) {
      if (taken.length >= most) break;
      taken.push(this.lend(stored, leaseMs, handled));
    }
    return taken;
  }

  /** What can be delivered, each when it is asked for: in each priority the key that was served longest ago is next. */
  protected *inOrder(): Iterable<Stored> {
    const deliverable = (stored: Stored) => this.deliverable(stored);
    yield* inTurn(this.messages, { deliverable, servedAt: (stored) => this.servedAt(stored) });
  }

  /** When its key was served last; the messages without one are one key. */
  protected servedAt({ message }: Stored): number {
    return this.#served.get(message.concurrency?.key) ?? 0;
  }

  settle(receipt: string, outcome: Outcome): SettleResult {
    this.endLeases();
    const loan = this.loans.get(receipt);
    // A repeat: the first call has done it, and a newer delivery is none of its business.
    if (loan?.outcome === outcome.kind) return { ok: true, applied: false };
    if (loan === undefined || loan.stored.loan !== loan) return this.expired(receipt);
    loan.outcome = outcome.kind;
    loan.stored.loan = undefined;
    if ("error" in outcome) this.record(loan, "FAILED", outcome.error);
    if (outcome.kind === "ack") this.jobs.succeeded(loan, outcome.result);
    this.apply(loan.stored, outcome);
    this.bell.ring();
    return { ok: true, applied: true };
  }

  extend(receipt: string, leaseMs: number): SettleResult {
    this.endLeases();
    const loan = this.loans.get(receipt);
    if (loan === undefined || loan.stored.loan !== loan) return this.expired(receipt);
    loan.until = this.clock.now() + leaseMs;
    return { ok: true, applied: true };
  }

  stats(): QueueStats {
    return referenceStats(this);
  }

  waiting(): readonly Stored[] {
    this.endLeases();
    return this.messages;
  }

  deadLetters(): readonly DeadLetter[] {
    return this.letters.all();
  }

  /** After what time has done to messages on loan. */
  get letters(): ReferenceDeadLetters {
    this.endLeases();
    return this.dead;
  }

  purge(): number {
    this.endLeases();
    const waiting = this.messages.filter(({ loan }) => loan === undefined);
    for (const stored of waiting) this.drop(stored, "CANCELLED");
    for (const stored of this.messages) stored.purged = true;
    this.bell.ring();
    return waiting.length;
  }

  redrive(id: string, to: ReferenceQueue = this): SettleResult {
    if ((to.options.fifo === undefined) !== (this.options.fifo === undefined)) {
      return refused("UNSUPPORTED", `queues "${this.name}" and "${to.name}" differ in their order`);
    }
    to.endLeases();
    to.refuseWhilePaused();
    const letters = this.letters.take(id);
    // Not through send: a redrive is never taken for a duplicate.
    to.activity.tellAll("redriven", letters);
    const at = this.clock.now();
    for (const one of letters) to.enqueue(messageOf(one), at, withRedrive(one.history, at));
    return { ok: true, applied: letters.length > 0 };
  }

  discard(id: string): SettleResult {
    const letters = this.letters.take(id);
    this.activity.tellAll("discarded", letters);
    for (const letter of letters) this.jobs.discarded(letter);
    return { ok: true, applied: letters.length > 0 };
  }

  /** Takes back what waits. */
  cancel(id: string): SettleResult {
    const stored = this.waiting().find(({ message }) => message.id === id);
    if (stored === undefined || stored.loan !== undefined) return { ok: true, applied: false };
    this.activity.tell("cancelled", stored.message);
    this.drop(stored, "CANCELLED");
    this.bell.ring();
    return { ok: true, applied: true };
  }

  /** It ends without having been handled. */
  protected drop(stored: Stored, status: "CANCELLED" | "FAILED"): void {
    this.jobs.dropped(stored, status);
    this.remove(stored);
  }

  import(letter: DeadLetter): SendResult {
    return this.letters.import(letter, this.options.fifo !== undefined);
  }

  /** Another queue of the same platform. */
  sibling(name: string): ReferenceQueue {
    const found = name === this.name ? this : this.siblings.get(name);
    if (found !== undefined) return found;
    throw unknownQueue(name);
  }

  /** When time alone changes what can be taken next. */
  nextChangeAt(): number {
    const times = this.messages.map(({ loan, dueAt }) => loan?.until ?? dueAt);
    const { until = Number.POSITIVE_INFINITY } = this.control.current.pause ?? {};
    return Math.min(...times.filter((at) => at > this.clock.now()), until);
  }

  stateOf(stored: Stored): "ready" | "delayed" | "inFlight" {
    if (stored.loan !== undefined) return "inFlight";
    return stored.dueAt > this.clock.now() ? "delayed" : "ready";
  }

  protected enqueue(message: Outgoing, dueAt: number, history: readonly Attempt[] = []): void {
    const joined = message.group === undefined || dueAt <= this.clock.now();
    const place = this.#places++;
    const fresh = { attempts: 0, history: [...history], purged: false };
    this.messages.push({ message, place, joined, dueAt, ...fresh });
    this.bell.ring();
  }

  protected original(message: Outgoing) {
    const key = message.idempotencyKey;
    const known = key === undefined ? undefined : this.keys.get(key);
    return known !== undefined && this.clock.now() < known.at + DAY_MS ? known : undefined;
  }

  protected remember(message: Outgoing): void {
    const { id, idempotencyKey: key } = message;
    if (key !== undefined) {
      this.keys.set(key, { id, at: this.clock.now(), content: contentOf(message) });
    }
  }

  protected deliverable(stored: Stored): boolean {
    return this.stateOf(stored) === "ready" && this.groupIsFree(stored) && this.keyIsFree(stored);
  }

  /** An earlier message of the group keeps the later ones waiting, also while it waits for its retry. */
  protected groupIsFree({ message, place }: Stored): boolean {
    const { group } = message;
    if (group === undefined) return true;
    return !this.messages.some(
      (other) => other.message.group === group && other.joined && other.place < place,
    );
  }

  /** A message delayed at send has its place from when it is due: behind what is there then. */
  protected joinDue(): void {
    const due = this.messages.filter(({ joined, dueAt }) => !joined && dueAt <= this.clock.now());
    for (const stored of due.sort((a, b) => a.dueAt - b.dueAt || a.place - b.place)) {
      stored.joined = true;
      stored.place = this.#places++;
    }
  }

  protected keyIsFree({ message: { concurrency } }: Stored): boolean {
    if (concurrency === undefined) return true;
    const busy = this.messages.filter(
      ({ loan, message }) => loan && message.concurrency?.key === concurrency.key,
    );
    return busy.length < concurrency.limit;
  }

  /** How many more may be on loan to consumers; a polled receive is not among them. */
  protected handlersFree(): number {
    const running = this.messages.filter(({ loan }) => loan?.handled);
    return (this.options.concurrency ?? Number.POSITIVE_INFINITY) - running.length;
  }

  protected lend(stored: Stored, leaseMs: number, handled: boolean): Delivery {
    const { message } = stored;
    const startedAt = this.clock.now();
    const until = startedAt + leaseMs;
    const loan: Loan = { receipt: randomUUID(), stored, startedAt, until, handled };
    this.loans.set(loan.receipt, loan);
    this.#served.set(message.concurrency?.key, ++this.#turns);
    stored.loan = loan;
    stored.attempts++;
    const waitedMs = startedAt - stored.dueAt;
    this.activity.tell("taken", message, { attempt: stored.attempts, waitedMs });
    return deliveryOf(loan);
  }

  protected apply(stored: Stored, outcome: Outcome): void {
    const { message, attempts: attempt } = stored;
    if (outcome.kind === "ack") {
      this.activity.tell("acked", message, { attempt });
      this.remove(stored);
    } else if (outcome.kind === "deadLetter") this.bury(stored, outcome.error);
    else if (outcome.kind === "release") {
      stored.attempts--;
      this.comeBack(stored, 0);
    } else if (stored.attempts < this.budgetOf(stored)) {
      this.activity.tell("retried", message, { attempt, error: outcome.error });
      this.comeBack(stored, outcome.delayMs);
    } else this.bury(stored, outcome.error);
  }

  protected budgetOf({ message }: Stored): number {
    return Math.min(message.headers.maxAttempts ?? Infinity, this.options.maxAttempts);
  }

  protected comeBack(stored: Stored, delayMs: number): void {
    if (stored.purged) this.drop(stored, "CANCELLED");
    else stored.dueAt = this.clock.now() + delayMs;
  }

  /** One more delivery that did not succeed. */
  protected record(loan: Loan, outcome: "FAILED" | "EXPIRED", { code, message }: Failure): void {
    const { stored, startedAt } = loan;
    const short = { code, message: message.slice(0, 240) };
    const ended = { startedAt, endedAt: this.clock.now(), error: short };
    stored.history.push({ number: stored.attempts, outcome, ...ended });
    if (stored.history.length > MOST_ATTEMPTS) stored.history.shift();
  }

  protected bury(stored: Stored, error: Failure): void {
    const attempt = error.code === "PAUSED" ? {} : { attempt: stored.attempts };
    this.activity.tell("dead", stored.message, { ...attempt, error });
    this.remove(stored);
    const { deadLetters } = this.options;
    if (deadLetters !== undefined && error.code !== "PAUSED") {
      this.forward(stored, error, this.sibling(deadLetters));
      return;
    }
    this.dead.add(letterOf(stored, { error, source: this.name, deadAt: this.clock.now() }));
  }

  /** As a new message of the queue that dead letters go to; it knows why. */
  protected forward(
    { message, attempts, history }: Stored,
    error: Failure,
    to: ReferenceQueue,
  ): void {
    const { maxAttempts: _, ...headers } = message.headers;
    const dead = deathOf({ source: this.name, attempts, deadAt: this.clock.now() }, error);
    this.jobs.forwarded(message, history, error);
    to.activity.tell("sent", message);
    to.enqueue({ ...message, headers: { ...headers, dead } }, this.clock.now(), history);
  }

  protected remove(stored: Stored): void {
    this.messages = this.messages.filter((other) => other !== stored);
  }

  protected leaseHasEnded(loan: Loan): boolean {
    return loan.until <= this.clock.now();
  }

  /** What the passing of time does; looked at before anything else. */
  protected endLeases(): void {
    this.buryPaused();
    this.control.pass();
    this.joinDue();
    for (const stored of this.messages) {
      if (stored.loan === undefined || !this.leaseHasEnded(stored.loan)) continue;
      const error = { code: "LEASE_EXPIRED", message: "the lease ended" };
      this.record(stored.loan, "EXPIRED", error);
      this.activity.tell("expired", stored.message, { attempt: stored.attempts });
      stored.loan = undefined;
      if (stored.purged) this.drop(stored, "CANCELLED");
      else if (stored.attempts < this.budgetOf(stored)) this.comeBack(stored, 0);
      else this.bury(stored, error);
    }
    this.buryPaused();
    const keptMs = this.options.retentionMs;
    const old = ({ loan, dueAt }: Stored) =>
      loan === undefined && this.clock.now() >= dueAt + keptMs;
    for (const stored of this.messages.filter(old)) this.drop(stored, "FAILED");
  }

  /** Whether consumers have to wait. */
  protected holdsBack(): boolean {
    return this.control.current.pause !== undefined;
  }

  /** A redriven message would be dead at once. */
  protected refuseWhilePaused(): void {
    if (this.control.current.pause?.whilePaused !== "deadLetter") return;
    throw paused(this.name);
  }

  /** What was due while the queue is paused so is dead, in the order of delivery. */
  protected buryPaused(): void {
    const { pause } = this.control.current;
    if (pause?.whilePaused !== "deadLetter") return;
    const until = Math.min(this.clock.now(), pause.until ?? Number.POSITIVE_INFINITY);
    const next = () =>
      [...this.messages]
        .sort(byPriorityThenPlace)
        .find((one) => one.loan === undefined && one.dueAt <= until && this.groupIsFree(one));
    const error = { code: "PAUSED", message: pause.reason };
    for (let stored = next(); stored !== undefined; stored = next()) this.bury(stored, error);
  }

  protected expired(receipt: string): SettleResult {
    return refused("RECEIPT_EXPIRED", `the lease of receipt ${receipt} has ended`);
  }
}
