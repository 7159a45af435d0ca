import {
  type Clock,
  type Delivery,
  type PauseRequest,
  type PeekedMessage,
  type PeekOptions,
  type QueueBinding,
  type QueueControl,
  type QueueStats,
  textOrBytes,
} from "@alienplatform/bindings";
import { PlainOperator, TakenDeadLetters } from "@alienplatform/bindings/operate";
import type { ServiceBusReceivedMessage } from "@azure/service-bus";
import { readAddress, type ServiceBusAddress } from "../address.ts";
import { capabilitiesOf } from "../capabilities.ts";
import { ServiceBusConnection } from "../client.ts";
import { translate } from "../errors.ts";
import { Browser, type Place } from "./browser.ts";
import { countsOf } from "./counts.ts";
import { deadQueueOf } from "./dead-queue.ts";
import { type ServiceBusDriverOptions, ServiceBusQueueDriver } from "./driver.ts";
import { notBefore, toReceived } from "./message.ts";
import { purge } from "./purge.ts";
import { QueueTrigger } from "./trigger.ts";

const GLANCE_MS = 500;

/** How many ends of pages are remembered, to go on from. */
const MOST_PLACES = 1_000;

/** Operates one Service Bus queue: looks without locking, counts, removes, decides about dead letters. */
export class ServiceBusQueueOperator extends PlainOperator {
  readonly #address: ServiceBusAddress;
  readonly #connection: ServiceBusConnection;
  readonly #binding: QueueBinding;
  readonly #clock: Clock;
  readonly #drivers: readonly ServiceBusQueueDriver[];
  readonly #own: Browser;
  readonly #dead: Browser;
  readonly #glanceMs: number;
  /** Of what deploy has made; a binding by hand names no function. */
  readonly #triggers: QueueTrigger | undefined;
  /** Of messages that a page ended with, by their ids. */
  readonly #places = new Map<string, Place>();

  constructor(binding: QueueBinding, clock: Clock, options: ServiceBusDriverOptions = {}) {
    const { queue } = binding;
    const address = readAddress(binding);
    const connection = new ServiceBusConnection(address, options.answerMs);
    const source = new ServiceBusQueueDriver(binding, clock, options);
    const dead = new ServiceBusQueueDriver(deadQueueOf(binding), clock, options);
    const letters = new Browser(connection, address.deadQueue);
    super({
      queue,
      capabilities: capabilitiesOf(address, binding.options),
      dead: new TakenDeadLetters({
        queue,
        source,
        dead,
        options: binding.options,
        clock,
        random: Math.random,
        waitMs: 0,
        look: () => everyDelivery(letters, queue),
      }),
    });
    this.#address = address;
    this.#connection = connection;
    this.#binding = binding;
    this.#clock = clock;
    this.#drivers = [source, dead];
    const { consumer } = address;
    this.#triggers = consumer === undefined ? undefined : new QueueTrigger(queue, consumer);
    this.#own = new Browser(connection, address.queue);
    this.#dead = letters;
    this.#glanceMs = options.glanceMs ?? GLANCE_MS;
  }

  /** Service Bus counts what is on loan among what is ready. */
  async stats(): Promise<QueueStats> {
    const { queue, deadQueue } = this.#address;
    return this.#do(async () => {
      const [own, dead, oldestSentAt] = await Promise.all([
        countsOf(queue, this.#connection, this.#own),
        countsOf(deadQueue, this.#connection, this.#dead),
        this.#oldest(),
      ]);
      const now = this.#clock.now();
      return {
        ready: own.active,
        delayed: own.scheduled,
        dead: dead.active + dead.scheduled,
        ...(oldestSentAt === undefined ? {} : { oldestAgeMs: Math.max(0, now - oldestSentAt) }),
      };
    });
  }

  override peek({ limit, after }: PeekOptions): Promise<readonly PeekedMessage[]> {
    return this.#do(async () => {
      const page: PeekedMessage[] = [];
      // Without its place the page that it ended is looked for from the start.
      const place = after === undefined ? undefined : this.#places.get(after);
      let begun = after === undefined || place !== undefined;
      for await (const message of this.#own.messages(place)) {
        const shown = this.#show(message);
        if (begun) page.push(shown);
        if (page.length === limit) {
          this.#remember(shown.id, message.sequenceNumber);
          break;
        }
        begun ||= shown.id === after;
      }
      return page;
    });
  }

  purge(): Promise<number> {
    return this.#do(async () => {
      const connected = await this.#connection.connected();
      const { client } = connected;
      const { queue: path } = this.#address;
      const options = {
        client,
        sender: client.createSender(path),
        browser: this.#own,
        path,
        ordered: this.#binding.options.fifo !== undefined,
        glanceMs: this.#glanceMs,
      };
      return connected.answer(() => purge(options));
    });
  }

  /** Whether the function that is triggered by it is called. */
  override async control(): Promise<QueueControl> {
    if (this.#triggers === undefined) return super.control();
    const pause = await this.#triggers.paused();
    return { version: 0, ...(pause === undefined ? {} : { pause }) };
  }

  override pause(pause: PauseRequest): Promise<void> {
    return this.#triggers?.pause(pause, this.#clock.now()) ?? super.pause(pause);
  }

  override resume(): Promise<void> {
    return this.#triggers?.resume() ?? super.resume();
  }

  async close(): Promise<void> {
    await Promise.all(this.#drivers.map((driver) => driver.close()));
    await this.#connection.close();
  }

  #show(message: ServiceBusReceivedMessage): PeekedMessage {
    const { delivery } = toReceived(message, this.queue);
    const { id, body, headers, sentAt, attempt, group } = delivery;
    const dueAt =
      message.state === "scheduled"
        ? message.scheduledEnqueueTimeUtc?.getTime()
        : notBefore(message) || undefined;
    const delayed = dueAt !== undefined && dueAt > this.#clock.now();
    return {
      id,
      body: textOrBytes(body),
      headers,
      state: delayed ? "delayed" : "ready",
      attempts: attempt - 1,
      sentAt,
      ...(dueAt === undefined ? {} : { dueAt }),
      ...(group === undefined ? {} : { group }),
    };
  }

  async #oldest(): Promise<number | undefined> {
    for await (const message of this.#own.messages()) {
      const { state, sentAt } = this.#show(message);
      if (state === "ready") return sentAt;
    }
    return undefined;
  }

  #remember(id: string, place: Place | undefined): void {
    if (place === undefined) return;
    this.#places.set(id, place);
    for (const oldest of this.#places.keys()) {
      if (this.#places.size <= MOST_PLACES) return;
      this.#places.delete(oldest);
    }
  }

  async #do<Answer>(run: () => Promise<Answer>): Promise<Answer> {
    try {
      return await run();
    } catch (thrown) {
      throw translate(thrown, this.queue);
    }
  }
}

async function everyDelivery(browser: Browser, queue: string): Promise<readonly Delivery[]> {
  const deliveries: Delivery[] = [];
  for await (const message of browser.messages()) {
    deliveries.push(toReceived(message, queue).delivery);
  }
  return deliveries;
}
