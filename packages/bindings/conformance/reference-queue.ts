import { randomUUID } from "node:crypto";
import { AlienError } from "@alienplatform/core";
import type { Clock } from "../src/clock.ts";
import type { QueueOptions } from "../src/queue/binding.ts";
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
import { byPriorityThenPlace, contentOf, type Dead, type Loan, type Stored } from "./stored.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

/** What a queue means, in arrays and maps: the specification that every driver is compared with. */
export class ReferenceQueue {
  readonly name: string;
  readonly options: QueueOptions;
  readonly clock: Clock;
  /** Rings when something was put in or given back. */
  readonly bell = new Bell();
  /** In the order of sending. */
  protected messages: Stored[] = [];
  protected readonly dead = new Map<string, Dead>();
  protected readonly loans = new Map<string, Loan>();
  protected readonly keys = new Map<string, { id: string; at: number; content: string }>();
  #places = 0;

  constructor(name: string, options: QueueOptions, clock: Clock) {
    this.name = name;
    this.options = options;
    this.clock = clock;
  }

  send(message: Outgoing): SendResult {
    const original = this.original(message);
    if (original !== undefined) {
      const conflict = original.content !== contentOf(message);
      if (conflict && this.options.idempotency.conflict === "error") {
        return refused("IDEMPOTENCY_CONFLICT", "the key was used with another payload");
      }
      return { ok: true, id: original.id, deduplicated: true };
    }
    this.remember(message);
    this.enqueue(message, message.sentAt + (message.delayMs ?? 0));
    return { ok: true, id: message.id, deduplicated: false };
  }

  take(max: number, leaseMs: number): readonly Delivery[] {
    this.endLeases();
    const taken: Delivery[] = [];
    for (const stored of [...this.messages].sort(byPriorityThenPlace)) {
      if (taken.length === max) break;
      if (this.deliverable(stored)) taken.push(this.lend(stored, leaseMs));
    }
    return taken;
  }

  settle(receipt: string, outcome: Outcome): SettleResult {
    this.endLeases();
    const loan = this.loans.get(receipt);
    // A repeat: the first call has done it, and a newer delivery is none of its business.
    if (loan?.outcome === outcome.kind) return { ok: true, applied: false };
    if (loan === undefined || loan.stored.loan !== loan) return this.expired(receipt);
    loan.outcome = outcome.kind;
    loan.stored.loan = undefined;
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
    this.endLeases();
    const count = (state: string) => this.messages.filter((m) => this.stateOf(m) === state).length;
    const oldest = this.messages.find((stored) => this.stateOf(stored) === "ready");
    return {
      ready: count("ready"),
      delayed: count("delayed"),
      inFlight: count("inFlight"),
      dead: this.dead.size,
      ...(oldest && { oldestAgeMs: this.clock.now() - oldest.message.sentAt }),
    };
  }

  waiting(): readonly Stored[] {
    this.endLeases();
    return this.messages;
  }

  deadLetters(): readonly Dead[] {
    this.endLeases();
    return [...this.dead.values()];
  }

  purge(): number {
    this.endLeases();
    const before = this.messages.length;
    this.messages = this.messages.filter((stored) => stored.loan !== undefined);
    for (const stored of this.messages) stored.purged = true;
    return before - this.messages.length;
  }

  redrive(id: string): SettleResult {
    const dead = this.dead.get(id);
    if (dead === undefined) return { ok: true, applied: false };
    this.dead.delete(id);
    // Not through send: a redrive is never taken for a duplicate.
    this.enqueue(dead.stored.message, this.clock.now());
    return { ok: true, applied: true };
  }

  discard(id: string): SettleResult {
    return { ok: true, applied: this.dead.delete(id) };
  }

  /** When time alone changes what can be taken next. */
  nextChangeAt(): number {
    const times = this.messages.map(({ loan, dueAt }) => loan?.until ?? dueAt);
    return Math.min(...times.filter((at) => at > this.clock.now()), Number.POSITIVE_INFINITY);
  }

  stateOf(stored: Stored): "ready" | "delayed" | "inFlight" {
    if (stored.loan !== undefined) return "inFlight";
    return stored.dueAt > this.clock.now() ? "delayed" : "ready";
  }

  protected enqueue(message: Outgoing, dueAt: number): void {
    this.messages.push({ message, place: this.#places++, dueAt, attempts: 0, purged: false });
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

  /** An earlier message of the group, whatever its state, keeps the later ones waiting. */
  protected groupIsFree({ message, place }: Stored): boolean {
    const { group } = message;
    if (group === undefined) return true;
    return !this.messages.some((other) => other.message.group === group && other.place < place);
  }

  protected keyIsFree({ message: { concurrency } }: Stored): boolean {
    if (concurrency === undefined) return true;
    const busy = this.messages.filter(
      ({ loan, message }) => loan && message.concurrency?.key === concurrency.key,
    );
    return busy.length < concurrency.limit;
  }

  protected lend(stored: Stored, leaseMs: number): Delivery {
    const { message } = stored;
    const loan: Loan = { receipt: randomUUID(), stored, until: this.clock.now() + leaseMs };
    this.loans.set(loan.receipt, loan);
    stored.loan = loan;
    stored.attempts++;
    return {
      id: message.id,
      receipt: loan.receipt,
      body: message.body,
      headers: message.headers,
      attempt: stored.attempts,
      sentAt: message.sentAt,
      ...(message.group !== undefined && { group: message.group }),
      ...(message.priority !== undefined && { priority: message.priority }),
      leaseUntil: loan.until,
    };
  }

  protected apply(stored: Stored, outcome: Outcome): void {
    if (outcome.kind === "ack") this.remove(stored);
    else if (outcome.kind === "deadLetter") this.bury(stored, outcome.error);
    else if (outcome.kind === "release") {
      stored.attempts--;
      this.comeBack(stored, 0);
    } else if (stored.attempts < this.budgetOf(stored)) this.comeBack(stored, outcome.delayMs);
    else this.bury(stored, outcome.error);
  }

  protected budgetOf({ message }: Stored): number {
    return Math.min(message.headers.maxAttempts ?? Infinity, this.options.maxAttempts);
  }

  protected comeBack(stored: Stored, delayMs: number): void {
    if (stored.purged) this.remove(stored);
    else stored.dueAt = this.clock.now() + delayMs;
  }

  protected bury(stored: Stored, error: Failure): void {
    this.remove(stored);
    this.dead.set(stored.message.id, { stored, deadAt: this.clock.now(), error });
  }

  protected remove(stored: Stored): void {
    this.messages = this.messages.filter((other) => other !== stored);
  }

  protected leaseHasEnded(loan: Loan): boolean {
    return loan.until <= this.clock.now();
  }

  /** What the passing of time does; looked at before anything else. */
  protected endLeases(): void {
    for (const stored of this.messages) {
      if (stored.loan === undefined || !this.leaseHasEnded(stored.loan)) continue;
      stored.loan = undefined;
      if (stored.purged) this.remove(stored);
      else if (stored.attempts < this.budgetOf(stored)) this.comeBack(stored, 0);
      else this.bury(stored, { code: "LEASE_EXPIRED", message: "the last lease ended" });
    }
    const keptMs = this.options.retentionMs;
    this.messages = this.messages.filter(
      ({ loan, dueAt }) => loan !== undefined || this.clock.now() < dueAt + keptMs,
    );
  }

  protected expired(receipt: string): SettleResult {
    return refused("RECEIPT_EXPIRED", `the lease of receipt ${receipt} has ended`);
  }
}

function refused(code: "IDEMPOTENCY_CONFLICT" | "RECEIPT_EXPIRED", message: string) {
  const fix =
    code === "RECEIPT_EXPIRED"
      ? "Receive the message again, or ask for a longer lease."
      : "Send with another key, or with the payload that the key was first used with.";
  return { ok: false, error: new AlienError(code, message, { fix }) } as const;
}
