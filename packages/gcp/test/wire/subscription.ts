import type { Clock } from "@alienplatform/bindings";
import type { google } from "@google-cloud/pubsub/build/protos/protos.js";
import type { PubsubMessage, StoredMessage } from "./stored-message.ts";

type Declared = google.pubsub.v1.ISubscription;
type Received = google.pubsub.v1.IReceivedMessage;

interface Waiter {
  readonly max: number;
  readonly answer: (messages: Received[]) => void;
}

/** What became of an acknowledgement id. */
export type Touched = "done" | "stale";

const DEFAULT_RETENTION_MS = 7 * 24 * 60 * 60 * 1_000;
let loans = 0;

/** The messages of one subscription, as Google documents that they behave. */
export class WireSubscription {
  readonly declared: Declared;
  readonly #clock: Clock;
  readonly #forward: (topic: string, message: PubsubMessage) => void;
  readonly #messages: StoredMessage[] = [];
  readonly #waiters = new Set<Waiter>();
  /** Every id that was ever given out, so that a forged one is told from a stale one. */
  readonly #known = new Set<string>();

  constructor(
    declared: Declared,
    clock: Clock,
    forward: (topic: string, message: PubsubMessage) => void,
  ) {
    this.declared = declared;
    this.#clock = clock;
    this.#forward = forward;
  }

  /** Told to nobody before serve(): a request's messages come together. */
  add(message: PubsubMessage): void {
    const publishedAt = this.#clock.now();
    this.#messages.push({ message, publishedAt, failures: 0, loan: undefined });
  }

  /** Answers at once where something is there or nothing is waited for; the result takes the waiter back. */
  pull(max: number, immediately: boolean, answer: Waiter["answer"]): () => void {
    const ready = this.#take(max);
    if (ready.length > 0 || immediately) {
      answer(ready);
      return () => undefined;
    }
    const waiter = { max, answer };
    this.#waiters.add(waiter);
    return () => this.#waiters.delete(waiter);
  }

  readonly knows = (ackId: string): boolean => this.#known.has(ackId);

  acknowledge(ackId: string): Touched {
    const stored = this.#find(ackId);
    if (stored === undefined) return "stale";
    this.#remove(stored);
    this.serve();
    return "done";
  }

  modifyDeadline(ackId: string, seconds: number): Touched {
    const stored = this.#find(ackId);
    if (stored === undefined) return "stale";
    if (seconds === 0) this.#fail(stored);
    else this.#lend(stored, ackId, seconds);
    return "done";
  }

  /** What was published before counts as acknowledged. */
  seek(timeMs: number): void {
    for (const stored of [...this.#messages]) {
      if (stored.publishedAt < timeMs) this.#remove(stored);
    }
  }

  close(): void {
    for (const stored of [...this.#messages]) this.#remove(stored);
    for (const { answer } of this.#waiters) answer([]);
    this.#waiters.clear();
  }

  /** Gives those who wait what is there. */
  serve(): void {
    for (const waiter of this.#waiters) {
      const ready = this.#take(waiter.max);
      if (ready.length === 0) return;
      this.#waiters.delete(waiter);
      waiter.answer(ready);
    }
  }

  #take(max: number): Received[] {
    this.#expire();
    const taken: Received[] = [];
    // Of one ordering key a pull may bring several, in order; then none before all of those are acknowledged.
    const blocked = new Set<string>();
    const mine = new Set<string>();
    for (const stored of this.#messages) {
      const key = this.declared.enableMessageOrdering ? (stored.message.orderingKey ?? "") : "";
      if (key !== "" && stored.loan !== undefined && !mine.has(stored.loan.ackId)) blocked.add(key);
      if (stored.loan !== undefined || blocked.has(key)) continue;
      if (taken.length === max) break;
      const ackId = `${this.declared.name}:${++loans}`;
      this.#known.add(ackId);
      mine.add(ackId);
      this.#lend(stored, ackId, this.declared.ackDeadlineSeconds || 10);
      const deliveryAttempt = this.#policy === undefined ? 0 : stored.failures + 1;
      taken.push({ ackId, message: stored.message, deliveryAttempt });
    }
    return taken;
  }

  #lend(stored: StoredMessage, ackId: string, seconds: number): void {
    stored.loan?.cancel();
    const cancel = this.#clock.schedule(seconds * 1_000, () => this.#fail(stored));
    stored.loan = { ackId, until: this.#clock.now() + seconds * 1_000, cancel };
  }

  /** A negative acknowledgement, or a deadline that was exceeded. */
  #fail(stored: StoredMessage): void {
    this.#giveBack(stored);
    stored.failures++;
    const { orderingKey } = stored.message;
    if (this.declared.enableMessageOrdering && orderingKey) {
      // "triggers redelivery of all subsequent messages for that key"
      for (const later of this.#messages.slice(this.#messages.indexOf(stored) + 1)) {
        if (later.message.orderingKey === orderingKey) this.#giveBack(later);
      }
    }
    const most = this.#policy?.maxDeliveryAttempts || 5;
    if (this.#policy !== undefined && stored.failures >= most) this.#bury(stored);
    this.serve();
  }

  #bury(stored: StoredMessage): void {
    this.#remove(stored);
    const { message, failures } = stored;
    const [, project = "", , subscription = ""] = (this.declared.name ?? "").split("/");
    this.#forward(this.#policy?.deadLetterTopic ?? "", {
      ...message,
      attributes: {
        ...message.attributes,
        CloudPubSubDeadLetterSourceDeliveryCount: String(failures),
        CloudPubSubDeadLetterSourceSubscription: subscription,
        CloudPubSubDeadLetterSourceSubscriptionProject: project,
        CloudPubSubDeadLetterSourceTopicPublishTime: new Date(stored.publishedAt).toISOString(),
      },
    });
  }

  #giveBack(stored: StoredMessage): void {
    stored.loan?.cancel();
    stored.loan = undefined;
  }

  #remove(stored: StoredMessage): void {
    this.#giveBack(stored);
    const index = this.#messages.indexOf(stored);
    if (index >= 0) this.#messages.splice(index, 1);
  }

  /** Counted from the publishing; what is on loan stays until it comes back. */
  #expire(): void {
    const { seconds } = this.declared.messageRetentionDuration ?? {};
    const keptMs = seconds ? Number(seconds) * 1_000 : DEFAULT_RETENTION_MS;
    const oldest = this.#clock.now() - keptMs;
    for (const stored of [...this.#messages]) {
      if (stored.loan === undefined && stored.publishedAt < oldest) this.#remove(stored);
    }
  }

  #find(ackId: string): StoredMessage | undefined {
    return this.#messages.find(({ loan }) => loan?.ackId === ackId);
  }

  get #policy() {
    return this.declared.deadLetterPolicy ?? undefined;
  }
}
