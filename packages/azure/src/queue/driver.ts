import type {
  Clock,
  Outgoing,
  QueueBinding,
  QueueCapabilities,
  QueueDriver,
  ReceiveOptions,
  Receiver,
  SendResult,
} from "@alienplatform/bindings";
import { AlienError } from "@alienplatform/core";
import type { ServiceBusMessage, ServiceBusSender } from "@azure/service-bus";
import { readAddress, type ServiceBusAddress } from "../address.ts";
import { capabilitiesOf, LOCK_MAX_MS, PROPERTY_MAX } from "../capabilities.ts";
import { ServiceBusConnection } from "../client.ts";
import type { ConnectedClient } from "../connected-client.ts";
import { translate } from "../errors.ts";
import { ENVELOPE, type Sendable, sizeOf, toServiceBus } from "./message.ts";
import { ServiceBusQueueReceiver } from "./receiver.ts";
import { ServiceBusSessionReceiver } from "./session-receiver.ts";

const GLANCE_MS = 300;

export interface ServiceBusDriverOptions {
  /**
   * How long Service Bus is given to hand out what is already there, milliseconds. It answers from a store that may
   * be cold, and partitions are asked one by one.
   */
  readonly glanceMs?: number;
  /** How long Service Bus may take to answer, milliseconds; 10,000 unless told otherwise. */
  readonly answerMs?: number;
  /** Waits for the network, by the machine's clock as the SDK does; a test may know better when that is at rest. */
  readonly pause?: (ms: number) => Promise<void>;
}

/** One Service Bus queue: sends, and opens receivers. */
export class ServiceBusQueueDriver implements QueueDriver {
  readonly capabilities: QueueCapabilities;
  readonly #binding: QueueBinding;
  readonly #address: ServiceBusAddress;
  readonly #connection: ServiceBusConnection;
  readonly #clock: Clock;
  readonly #network: Required<Omit<ServiceBusDriverOptions, "answerMs">>;
  readonly #receivers: (ServiceBusQueueReceiver | ServiceBusSessionReceiver)[] = [];
  #sender: Sender | undefined;

  constructor(binding: QueueBinding, clock: Clock, options: ServiceBusDriverOptions = {}) {
    this.#binding = binding;
    this.#address = readAddress(binding);
    const { answerMs, ...network } = options;
    this.#connection = new ServiceBusConnection(this.#address, answerMs);
    this.#clock = clock;
    this.#network = { glanceMs: GLANCE_MS, pause, ...network };
    this.capabilities = capabilitiesOf(this.#address, binding.options);
  }

  sizeOf(message: Outgoing): number {
    return sizeOf(message);
  }

  send(messages: readonly Sendable[], signal?: AbortSignal): Promise<readonly SendResult[]> {
    return this.#connection.during(() => this.#sendAll(messages, signal));
  }

  async #sendAll(
    messages: readonly Sendable[],
    signal: AbortSignal | undefined,
  ): Promise<readonly SendResult[]> {
    const results: SendResult[] = [];
    const parcels = new Map<string, Parcel>();
    for (const [index, message] of messages.entries()) {
      const wire = toServiceBus(message);
      const refused = this.#refuse(wire);
      if (refused !== undefined) {
        results[index] = refused;
        continue;
      }
      const dueAt = dueAtOf(message, this.#clock.now());
      // The properties of a batch are those of its first message, so one batch is for one group and one time.
      const key = `${dueAt ?? ""} ${message.group ?? ""}`;
      const parcel = parcels.get(key) ?? { items: [] };
      parcels.set(key, parcel);
      const scheduled = dueAt === undefined ? {} : { scheduledEnqueueTimeUtc: new Date(dueAt) };
      parcel.items.push({
        index,
        id: message.id,
        message: { ...wire, ...scheduled },
      });
    }
    await Promise.all([...parcels.values()].map((parcel) => this.#send(parcel, results, signal)));
    return results;
  }

  async open({ leaseMs, onLost }: ReceiveOptions): Promise<Receiver> {
    const { queue, options } = this.#binding;
    this.#connection.hold();
    const Receiver =
      options.fifo === undefined ? ServiceBusQueueReceiver : ServiceBusSessionReceiver;
    const receiver = new Receiver({
      connection: this.#connection,
      path: this.#address.queue,
      queue,
      options,
      clock: this.#clock,
      leaseMs,
      lockMs: Math.min(options.leaseMs, LOCK_MAX_MS),
      ...this.#network,
      withSender: (run) => this.#withSender(run),
      onLost: onLost ?? (() => undefined),
    });
    this.#receivers.push(receiver);
    return receiver;
  }

  async close(): Promise<void> {
    await Promise.all(this.#receivers.map((receiver) => receiver.stop()));
    await this.#connection.close();
  }

  /** One for each connection; rejects where that is cut. */
  async #withSender<Answer>(run: (sender: ServiceBusSender) => Promise<Answer>): Promise<Answer> {
    const connected = await this.#connection.connected();
    if (this.#sender?.of !== connected) {
      const sender = connected.client.createSender(this.#address.queue);
      this.#sender = { of: connected, sender };
    }
    const { sender } = this.#sender;
    return connected.answer(() => run(sender));
  }

  /** Service Bus takes the whole message and refuses one property of it: told before anything is sent. */
  #refuse({ applicationProperties }: ServiceBusMessage): SendResult | undefined {
    const size = Buffer.byteLength(String(applicationProperties?.[ENVELOPE]));
    if (size <= PROPERTY_MAX) return undefined;
    const text = `the attributes of a message for queue "${this.#binding.queue}" take ${size} bytes; Service Bus accepts ${PROPERTY_MAX}`;
    const error = new AlienError("MESSAGE_TOO_LARGE", text, {
      fix: "Put long attributes into the payload.",
      details: { size, limit: PROPERTY_MAX, service: this.capabilities.service },
    });
    return { ok: false, error };
  }

  /** In as few AMQP batches as their size allows, one after the other so that a group keeps its order. */
  async #send({ items }: Parcel, results: SendResult[], signal?: AbortSignal): Promise<void> {
    const options = signal === undefined ? {} : { abortSignal: signal };
    let rest = items;
    while (rest.length > 0) {
      let sent: readonly Item[] = rest;
      try {
        const [first] = rest;
        if (first !== undefined && rest.length === 1) {
          // As an AMQP batch it would cost twice as much.
          await this.#withSender((sender) => sender.sendMessages(first.message, options));
        } else {
          const batch = await this.#withSender((sender) => sender.createMessageBatch(options));
          const fits = rest.findIndex(({ message }) => !batch.tryAddMessage(message));
          // A batch repeats the properties of its first message: one that nearly fills it has to go alone.
          sent = fits === -1 ? rest : rest.slice(0, Math.max(1, fits));
          const what = fits === 0 && first ? first.message : batch;
          await this.#withSender((sender) => sender.sendMessages(what, options));
        }
        for (const { index, id } of sent) results[index] = { ok: true, id, deduplicated: false };
      } catch (thrown) {
        const error = translate(thrown, this.#binding.queue);
        for (const { index } of sent) results[index] = { ok: false, error };
      }
      rest = rest.slice(sent.length);
    }
  }
}

interface Sender {
  readonly of: ConnectedClient;
  readonly sender: ServiceBusSender;
}

interface Item {
  readonly index: number;
  readonly id: string;
  readonly message: ServiceBusMessage;
}

interface Parcel {
  readonly items: Item[];
}

/** Undefined where the message is due already. */
function dueAtOf({ sentAt, delayMs = 0 }: Sendable, now: number): number | undefined {
  return delayMs > 0 && sentAt + delayMs > now ? sentAt + delayMs : undefined;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
