import { randomBytes } from "node:crypto";
import type { Clock } from "@alienplatform/bindings";

export type ContentType = "text" | "json" | "bytes" | "v8";

/** A message as Cloudflare keeps it: the bytes of its body. */
export interface StoredMessage {
  readonly id: string;
  readonly body: Buffer;
  readonly contentType: ContentType;
  readonly timestampMs: number;
  attempts: number;
  dueAt: number;
  lease?: { readonly id: string; readonly until: number } | undefined;
}

/** How a queue and its consumer are configured. */
export interface QueueSettings {
  readonly maxRetries: number;
  readonly retentionMs: number;
  readonly dead?: StoredQueue | undefined;
}

/**
 * One queue as Cloudflare documents it: https://developers.cloudflare.com/queues/configuration/pull-consumers/,
 * and beside it batching-retries, dead-letter-queues and pause-purge.
 */
export class StoredQueue {
  paused = false;
  readonly #clock: Clock;
  readonly #settings: QueueSettings;
  #messages: StoredMessage[] = [];
  /** Also of leases that are over: a late acknowledgement is accepted. */
  readonly #leases = new Map<string, StoredMessage>();

  constructor(clock: Clock, settings: QueueSettings) {
    this.#clock = clock;
    this.#settings = settings;
  }

  store(body: Buffer, contentType: ContentType, delaySeconds: number): void {
    const now = this.#clock.now();
    this.#messages.push({
      id: randomBytes(16).toString("hex"),
      body,
      contentType,
      timestampMs: now,
      attempts: 0,
      dueAt: now + delaySeconds * 1_000,
    });
  }

  /** Lends what is due, the oldest first, and counts the attempt. */
  pull(max: number, visibilityMs: number): readonly StoredMessage[] {
    const now = this.#clock.now();
    const taken = this.#available().slice(0, max);
    for (const message of taken) {
      const lease = { id: randomBytes(24).toString("base64url"), until: now + visibilityMs };
      message.attempts++;
      message.lease = lease;
      this.#leases.set(lease.id, message);
    }
    return taken;
  }

  peek(max: number): readonly StoredMessage[] {
    return this.#available().slice(0, max);
  }

  /** Whether the lease is known; an ended one is as good as a running one. */
  ack(leaseId: string): boolean {
    const message = this.#leases.get(leaseId);
    if (message === undefined) return false;
    this.#remove(message);
    return true;
  }

  /** Only the newest lease of a message puts it back. */
  retry(leaseId: string, delaySeconds: number): boolean {
    const message = this.#leases.get(leaseId);
    if (message?.lease?.id !== leaseId) return false;
    this.#return(message, this.#clock.now() + delaySeconds * 1_000);
    return true;
  }

  purge(): void {
    this.#messages = [];
  }

  get backlog(): readonly StoredMessage[] {
    this.#tidy();
    return this.#messages;
  }

  #available(): readonly StoredMessage[] {
    this.#tidy();
    const now = this.#clock.now();
    return this.#messages
      .filter(({ lease, dueAt }) => lease === undefined && dueAt <= now)
      .sort((a, b) => a.dueAt - b.dueAt);
  }

  /** Leases that have ended, and what has been kept for long enough. */
  #tidy(): void {
    const now = this.#clock.now();
    for (const message of [...this.#messages]) {
      const { lease, timestampMs } = message;
      if (lease !== undefined && lease.until <= now) this.#return(message, lease.until);
      else if (lease === undefined && timestampMs + this.#settings.retentionMs <= now) {
        this.#remove(message);
      }
    }
  }

  /** Back into the queue, or where its retries are used up into the dead-letter queue. */
  #return(message: StoredMessage, dueAt: number): void {
    const { maxRetries, dead } = this.#settings;
    message.lease = undefined;
    message.dueAt = dueAt;
    if (message.attempts <= maxRetries) return;
    this.#remove(message);
    dead?.store(message.body, message.contentType, 0);
  }

  #remove(message: StoredMessage): void {
    this.#messages = this.#messages.filter((other) => other !== message);
  }
}
