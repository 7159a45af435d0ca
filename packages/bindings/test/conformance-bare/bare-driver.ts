import { randomUUID } from "node:crypto";
import {
  ReferenceDriver,
  type ReferenceQueue,
  referenceCapabilities,
} from "../../conformance/index.ts";
import { deathOf } from "../../src/queue/death.ts";
import type {
  Delivery,
  Failure,
  Outgoing,
  QueueCapabilities,
  QueueDriver,
  ReceiveOptions,
  Receiver,
  SendResult,
  Settlement,
  SettleResult,
} from "../../src/queue/driver.ts";
import { attemptOf, packEnvelope, readEnvelope } from "../../src/queue/envelope.ts";

const HOUR_MS = 3_600_000;

/** What a plain cloud service leaves: messages on loan, a count of deliveries, a delay. */
export const bareCapabilities: QueueCapabilities = {
  ...referenceCapabilities,
  release: false,
  priority: false,
  concurrencyKeys: false,
  keyTurns: false,
  sharedConcurrency: false,
  idempotency: false,
  jobs: false,
  cancel: "skipped",
  pausing: false,
  receipts: "process",
  history: false,
  peek: "none",
  stats: "approximate",
  purge: "eventual",
  deadLetters: "take",
  redrive: "source",
  leaseMaxMs: 10 * 60_000,
  leases: "chosen",
  retention: { minMs: 60_000, maxMs: 14 * 24 * HOUR_MS, since: "sent" },
  retryDelay: { maxMs: HOUR_MS, fifo: true },
  delayMaxMs: HOUR_MS,
  service: "the bare service",
  system: "alien_bare",
};

/** And what is left where even less is given. */
export const barestCapabilities: QueueCapabilities = {
  ...bareCapabilities,
  fencing: "none",
  leases: "declared",
  stats: "none",
  purge: "none",
  retryDelay: { ...bareCapabilities.retryDelay, fifo: false },
  delayMaxMs: 0,
};

export interface BareDriverOptions {
  /** The queue's own name. */
  readonly queue: string;
  /** The service's queue: of ours it knows nothing but a body and one attribute. */
  readonly service: ReferenceQueue;
  /** Where dead letters go: an ordinary queue of the service. */
  readonly dead: ReferenceQueue | undefined;
  /** Whether a retry with a delay is a message of its own, on a service that has none per message. */
  readonly republishes: boolean;
}

/** The least that a driver has to be; a platform's own has the same parts. */
export class BareDriver implements QueueDriver {
  readonly capabilities: QueueCapabilities;
  protected readonly given: BareDriverOptions;

  constructor(given: BareDriverOptions) {
    this.capabilities = given.republishes ? barestCapabilities : bareCapabilities;
    this.given = given;
  }

  sizeOf({ body, headers }: Outgoing): number {
    return Buffer.byteLength(body) + Buffer.byteLength(JSON.stringify(headers));
  }

  async send(messages: readonly Outgoing[]): Promise<readonly SendResult[]> {
    return messages.map((message) => put(this.given.service, message));
  }

  async open({ leaseMs }: ReceiveOptions): Promise<Receiver> {
    const { service } = this.given;
    const { leaseMaxMs } = this.capabilities;
    const own = { credit: 1, leaseMs: Math.min(leaseMs, leaseMaxMs) };
    const receiver = await new ReferenceDriver(service).open(own);
    return {
      take: async (max, waitMs, signal) =>
        (await receiver.take(max, waitMs, signal)).map(toDelivery),
      settle: async (batch) => batch.map((one) => this.#told(this.settle(one))),
      extend: async (deliveries, forMs) =>
        deliveries.map(({ receipt }) =>
          this.#told(service.extend(receipt, Math.min(forMs, leaseMaxMs))),
        ),
      close: async () => undefined,
    };
  }

  async close(): Promise<void> {
    // Nothing is held.
  }

  /** Where it cannot tell a spent receipt from a good one it says so. */
  #told(result: SettleResult): SettleResult {
    if (this.capabilities.fencing === "exact") return result;
    return { ok: true, applied: "unknown" };
  }

  protected settle({ delivery, outcome }: Settlement): SettleResult {
    const { service, republishes } = this.given;
    const { receipt } = delivery;
    switch (outcome.kind) {
      case "ack":
        return service.settle(receipt, { kind: "ack" });
      case "release":
        return service.settle(receipt, { kind: "retry", delayMs: 0, error: RELEASED });
      case "retry":
        // Never in a group: the next of it would overtake the copy.
        return republishes && outcome.delayMs > 0 && delivery.group === undefined
          ? this.republish(delivery, outcome.delayMs)
          : service.settle(receipt, { ...outcome, error: RELEASED });
      case "deadLetter":
        return this.bury(delivery, outcome.error);
    }
  }

  /** The copy first: a crash in between leaves two and loses none. */
  protected republish(delivery: Delivery, delayMs: number): SettleResult {
    const { service } = this.given;
    const { attempt } = delivery;
    const now = service.clock.now();
    put(service, { ...toOutgoing(delivery), attempt: attempt + 1 }, now + delayMs);
    return service.settle(delivery.receipt, { kind: "ack" });
  }

  protected bury(delivery: Delivery, error: Failure): SettleResult {
    const { queue, service, dead } = this.given;
    if (dead !== undefined) {
      const { attempt: attempts, headers } = delivery;
      const death = deathOf({ source: queue, attempts, deadAt: service.clock.now() }, error);
      put(dead, { ...toOutgoing(delivery), headers: { ...headers, dead: death } });
    }
    return service.settle(delivery.receipt, { kind: "ack" });
  }
}

const RELEASED: Failure = { code: "RELEASED", message: "the service knows no reasons" };

/** As the service stores it: under an id of its own. */
function put(service: ReferenceQueue, message: Outgoing, dueAt?: number): SendResult {
  const { id, sentAt, headers, attempt, body, group, delayMs } = message;
  const now = service.clock.now();
  const waitMs = dueAt === undefined ? sentAt + (delayMs ?? 0) - now : dueAt - now;
  const packed = packEnvelope({ id, sentAt, headers, ...(attempt !== undefined && { attempt }) });
  service.send({
    id: randomUUID(),
    body,
    headers: {
      kind: "text",
      attributes: { alien: packed, ...(group !== undefined && { group }) },
    },
    sentAt: now,
    delayMs: Math.max(0, waitMs),
    // Dead letters of a group do not wait for each other: their queue is a plain one.
    ...(group !== undefined && service.options.fifo !== undefined && { group }),
  });
  return { ok: true, id, deduplicated: false };
}

function toDelivery(stored: Delivery): Delivery {
  const vendor = { id: stored.id, sentAt: stored.sentAt };
  const { alien, group } = stored.headers.attributes ?? {};
  const { envelope, undecodable } = readEnvelope(alien, vendor);
  return {
    ...stored,
    id: envelope.id,
    sentAt: envelope.sentAt,
    headers: envelope.headers,
    attempt: attemptOf(envelope, stored.attempt),
    ...(group !== undefined && { group }),
    ...(undecodable !== undefined && { undecodable }),
  };
}

function toOutgoing({ id, body, headers, sentAt, group }: Delivery): Outgoing {
  return { id, body: String(body), headers, sentAt, ...(group !== undefined && { group }) };
}
