import type {
  Clock,
  Outgoing,
  QueueCapabilities,
  QueueDriver,
  ReceiveOptions,
  Receiver,
  SendResult,
} from "@alienplatform/bindings";
import { AlienError } from "@alienplatform/core";
import { capabilitiesOf } from "../capabilities.ts";
import { type Entry, type Place, sizeAlive, sizeOf, toEntry } from "./message.ts";
import { SqsReceiver } from "./receiver.ts";
import { sendEntries } from "./send.ts";
import { placeOf, type SqsQueue } from "./sqs-queue.ts";

/** One message on its way. */
interface Sending {
  readonly id: string;
  readonly entry: Entry;
  /** Why it is refused before anything is asked. */
  readonly error: AlienError | undefined;
  /** Sends it when it is due, where it is not SQS that delays it. */
  readonly later?: (signal?: AbortSignal) => Promise<AlienError | undefined>;
}

/** Sends to one SQS queue and receives from it. */
export class SqsQueueDriver implements QueueDriver {
  readonly capabilities: QueueCapabilities;
  readonly #queue: SqsQueue;
  readonly #place: Place;
  readonly #clock: Clock;

  constructor(queue: SqsQueue, clock: Clock) {
    this.capabilities = capabilitiesOf(queue.fifo, queue.schedules !== undefined);
    this.#queue = queue;
    this.#place = placeOf(queue);
    this.#clock = clock;
  }

  sizeOf(message: Outgoing): number {
    return sizeOf(message, this.#place);
  }

  async send(messages: readonly Outgoing[], signal?: AbortSignal): Promise<readonly SendResult[]> {
    const { clients, url, name } = this.#queue;
    const now = this.#clock.now();
    const sendings = messages.map((message) => this.#prepared(message, now));
    const direct = sendings.filter(
      ({ error, later }) => error === undefined && later === undefined,
    );
    const target = { url, doing: `sending to queue "${name}"` };
    const entries = direct.map(({ entry }) => entry);
    const [scheduled, sent] = await Promise.all([
      Promise.all(sendings.map(({ error, later }) => error ?? later?.(signal))),
      sendEntries(clients.calls, target, entries, signal),
    ]);
    const errors = new Map(direct.map((sending, index) => [sending, sent[index]]));
    return sendings.map((sending, index): SendResult => {
      const error = scheduled[index] ?? errors.get(sending);
      const { id } = sending;
      return error === undefined ? { ok: true, id, deduplicated: false } : { ok: false, error };
    });
  }

  async open({ leaseMs }: ReceiveOptions): Promise<Receiver> {
    return new SqsReceiver(this.#queue, { leaseMs, clock: this.#clock });
  }

  async close(): Promise<void> {
    this.#queue.clients.close();
    this.#queue.schedules?.close();
  }

  #prepared(outgoing: Outgoing, now: number): Sending {
    const { schedules } = this.#queue;
    const message = waitingStill(outgoing, now);
    const { id, delayMs = 0 } = message;
    if (schedules === undefined || delayMs === 0) {
      const entry = toEntry(message, this.#place);
      return { id, entry, error: this.#refusal(message, entry) };
    }
    const dueAt = now + delayMs;
    const entry = toEntry(withTime(message, dueAt), this.#place);
    const later = (signal?: AbortSignal) => schedules.add(entry, dueAt, signal);
    return { id, entry, error: this.#refusal(message, entry), later };
  }

  /** What SQS would refuse: for one that is too large, the whole batch. */
  #refusal(message: Outgoing, entry: Entry | undefined): AlienError | undefined {
    const { name, fifo } = this.#queue;
    const limit = this.capabilities.max.message;
    const { headers } = message;
    const size = headers.dead === undefined ? (entry?.bytes ?? 0) : sizeAlive(message, this.#place);
    if (size > limit) {
      const text = `a message for queue "${name}" is ${size} bytes; SQS accepts ${limit}`;
      return new AlienError("MESSAGE_TOO_LARGE", text, {
        fix: "Put the payload in storage and send its key.",
        details: { size, limit, service: "SQS" },
      });
    }
    if (!fifo || this.#place.dead || message.group !== undefined) return undefined;
    return new AlienError("GROUP_MISSING", `a message for the FIFO queue "${name}" has no group`, {
      fix: "Send it with a group: it comes from a queue that has none.",
    });
  }
}

/** A delay counts from when the message was taken, also where it is sent once more; a clock that is behind adds nothing. */
function waitingStill(message: Outgoing, now: number): Outgoing {
  const { delayMs = 0, sentAt } = message;
  if (delayMs === 0 || sentAt >= now) return message;
  return { ...message, delayMs: Math.max(0, sentAt + delayMs - now) };
}

/** It carries its time: AWS tells the minute of a schedule, not that none is seconds early. */
function withTime(message: Outgoing, dueAt: number): Outgoing {
  return { ...message, delayMs: 0, headers: { ...message.headers, dueAt } };
}
