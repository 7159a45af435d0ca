import type { Clock } from "@alienplatform/bindings";
import type { Delivery, Message } from "rhea";
import { AmqpFailure, netOrder, newToken } from "./encoding.ts";
import { type Entry, type Lock, scheduledTimeOf, toDeadLetter, toWire } from "./entry.ts";
import type { WireLink } from "./wire-link.ts";
import { WireSessions } from "./wire-sessions.ts";

export interface WireQueueOptions {
  readonly lockMs: number;
  readonly sessions: boolean;
  readonly maxDeliveryCount: number;
  /** What messages live for that ask for nothing shorter. */
  readonly ttlMs: number;
  readonly maxBytes: number;
  /** requiresDuplicateDetection, for so long; 0 is without. */
  readonly duplicatesMs: number;
  /** forwardDeadLetteredMessagesTo. */
  readonly forwardDeadTo?: string | undefined;
}

/** How a delivery ends. */
export type Disposition =
  | { readonly kind: "complete" }
  | {
      readonly kind: "abandon";
      readonly properties?: Readonly<Record<string, unknown>> | undefined;
    }
  | { readonly kind: "dead"; readonly properties: Readonly<Record<string, unknown>> };

/** One queue: what waits, what is locked, and when either changes. */
export class WireQueue {
  readonly path: string;
  readonly options: WireQueueOptions;
  readonly clock: Clock;
  readonly sessions: WireSessions;
  /** In the order of their places. */
  readonly entries: Entry[] = [];
  readonly links = new Set<WireLink>();
  readonly #deadTo: () => WireQueue;
  #sequence = 0;
  /** Until when a MessageId is a duplicate's. */
  readonly #known = new Map<unknown, number>();
  readonly #refusals: AmqpFailure[] = [];

  constructor(path: string, options: WireQueueOptions, clock: Clock, deadTo: () => WireQueue) {
    this.path = path;
    this.options = options;
    this.clock = clock;
    this.sessions = new WireSessions(this);
    this.#deadTo = deadTo;
  }

  /** Answers the place that it has, by which it can be cancelled while it is scheduled. */
  enqueue(message: Message): number {
    if (this.options.sessions && (message.group_id === undefined || message.group_id === null)) {
      const text = "The SessionId was not set on a message, and it cannot be sent to the entity.";
      throw new AmqpFailure("amqp:not-allowed", text);
    }
    const now = this.clock.now();
    // A duplicate is accepted, and dropped.
    if (now < (this.#known.get(message.message_id) ?? 0)) return ++this.#sequence;
    this.#known.set(message.message_id, now + this.options.duplicatesMs);
    const at = scheduledTimeOf(message) ?? now;
    const entry: Entry = {
      sequence: ++this.#sequence,
      message,
      enqueuedAt: Math.max(at, now),
      scheduled: at > now,
      deliveryCount: 0,
      lock: undefined,
    };
    this.entries.push(entry);
    if (entry.scheduled) this.clock.schedule(at - now, () => this.#activate(entry));
    else this.pump();
    return entry.sequence;
  }

  /** Gives what is ready to whom there is room for, one each in turn. */
  pump(): void {
    this.#dropExpired();
    if (this.options.sessions) this.sessions.grant();
    for (let gave = true; gave; ) {
      gave = false;
      for (const link of this.links) {
        if (link.room <= 0) continue;
        const entry = this.entries.find((one) => this.ready(one) && mayHave(link, one));
        if (entry === undefined) continue;
        this.#give(entry, link);
        gave = true;
      }
    }
    for (const link of this.links) link.drained();
  }

  ready({ lock, scheduled }: Entry): boolean {
    return lock === undefined && !scheduled;
  }

  /** By the token of a lock that still holds. */
  locked(token: Buffer): Entry & { readonly lock: Lock } {
    const entry = this.entries.find(({ lock }) => lock?.token.equals(token));
    if (entry?.lock !== undefined) return entry as Entry & { readonly lock: Lock };
    throw this.lockLost();
  }

  lockLost(): AmqpFailure {
    return this.options.sessions
      ? new AmqpFailure("com.microsoft:session-lock-lost", "The session lock has expired.")
      : new AmqpFailure(
          "com.microsoft:message-lock-lost",
          "The lock supplied is invalid. Either the lock expired, or the message has already been removed from the queue.",
        );
  }

  renew(token: Buffer): number {
    const { lock } = this.locked(token);
    lock.until = this.clock.now() + this.options.lockMs;
    return lock.until;
  }

  /** Settles what is locked, whatever became of the link that it was lent out on. */
  settleByToken(token: Buffer, disposition: Disposition): void {
    this.dispose(this.locked(token), disposition);
  }

  dispose(entry: Entry, disposition: Disposition): void {
    entry.lock?.cancel();
    entry.lock = undefined;
    if (disposition.kind === "complete") this.remove(entry);
    else if (disposition.kind === "dead") this.#bury(entry, disposition.properties);
    else this.countFailure(entry, disposition.properties);
    this.pump();
  }

  /** One delivery is used up: abandoned, or its lock has ended. */
  countFailure(entry: Entry, properties?: Readonly<Record<string, unknown>>): void {
    entry.lock = undefined;
    entry.deliveryCount++;
    if (properties !== undefined) {
      const { application_properties: before } = entry.message;
      entry.message = { ...entry.message, application_properties: { ...before, ...properties } };
    }
    const { maxDeliveryCount } = this.options;
    if (entry.deliveryCount < maxDeliveryCount) return;
    this.#bury(entry, {
      DeadLetterReason: "MaxDeliveryCountExceeded",
      DeadLetterErrorDescription: `Message could not be consumed after ${maxDeliveryCount} delivery attempts.`,
    });
  }

  remove(entry: Entry): void {
    const index = this.entries.indexOf(entry);
    if (index !== -1) this.entries.splice(index, 1);
  }

  /** A link is gone: its session is free again, the locks of plain messages stay until they end. */
  leave(link: WireLink): void {
    this.links.delete(link);
    this.sessions.leave(link);
    this.pump();
  }

  #give(entry: Entry, link: WireLink): void {
    const token = newToken();
    if (link.removes) {
      this.remove(entry);
      link.send(toWire(entry), netOrder(token));
      return;
    }
    const lock: Lock = { token, until: 0, link, cancel: () => undefined };
    entry.lock = lock;
    if (link.sessionId === undefined) {
      lock.until = this.clock.now() + this.options.lockMs;
      this.#watch(entry, lock);
    } else lock.until = this.sessions.lockedUntil(link.sessionId);
    const delivery = link.send(toWire(entry, lock.until), netOrder(token));
    link.lent.set(delivery, { entry, lock });
  }

  /** The next settlement is answered so, and not carried out. */
  refuseNext(refusal: AmqpFailure): void {
    this.#refusals.push(refusal);
  }

  /** Settles what a link lent out; throws where the lock has ended. */
  settle(link: WireLink, delivery: Delivery, disposition: Disposition): void {
    const refusal = this.#refusals.shift();
    if (refusal !== undefined) throw refusal;
    const lent = link.lent.get(delivery);
    link.lent.delete(delivery);
    if (lent === undefined || lent.entry.lock !== lent.lock) throw this.lockLost();
    this.dispose(lent.entry, disposition);
  }

  #watch(entry: Entry, lock: Lock): void {
    lock.cancel = this.clock.schedule(lock.until - this.clock.now(), () => {
      if (entry.lock !== lock) return;
      if (lock.until > this.clock.now()) return this.#watch(entry, lock);
      this.countFailure(entry);
      this.pump();
    });
  }

  /** What was scheduled is appended as if it had been sent now, which gives it a new place. */
  #activate(entry: Entry): void {
    if (!this.entries.includes(entry)) return;
    this.remove(entry);
    entry.scheduled = false;
    entry.sequence = ++this.#sequence;
    this.entries.push(entry);
    this.pump();
  }

  #dropExpired(): void {
    const now = this.clock.now();
    for (const entry of [...this.entries]) {
      const ttl = Math.min(entry.message.ttl ?? Number.POSITIVE_INFINITY, this.options.ttlMs);
      if (this.ready(entry) && entry.enqueuedAt + ttl <= now) this.remove(entry);
    }
  }

  #bury(entry: Entry, properties: Readonly<Record<string, unknown>>): void {
    this.remove(entry);
    this.#deadTo().enqueue(toDeadLetter(entry, this.path, properties));
  }
}

function mayHave(link: WireLink, { message }: Entry): boolean {
  return link.sessionId === undefined || message.group_id === link.sessionId;
}
