import type {
  Clock,
  DeliveryEvent,
  Handling,
  Outgoing,
  QueueCapabilities,
  QueueDriver,
  ReceiveOptions,
  Receiver,
  SendResult,
} from "@alienplatform/bindings";
import { Faults } from "./faults.ts";
import { type SentMessage, toSent } from "./sent.ts";
import { TestReceiver } from "./test-receiver.ts";

/** The driver of one queue in a test: notes what it stores, and lets happen what the test has asked for. */
export class TestDriver implements QueueDriver {
  readonly capabilities: QueueCapabilities;
  readonly sent: SentMessage[] = [];
  readonly faults = new Faults();
  readonly #inner: QueueDriver;
  readonly #handling: Omit<Handling, "handler" | "schema">;
  readonly #clock: Clock;

  constructor(inner: QueueDriver, handling: Omit<Handling, "handler" | "schema">, clock: Clock) {
    this.capabilities = inner.capabilities;
    this.#inner = inner;
    this.#handling = handling;
    this.#clock = clock;
  }

  sizeOf(message: Outgoing): number {
    return this.#inner.sizeOf(message);
  }

  async send(messages: readonly Outgoing[], signal?: AbortSignal): Promise<readonly SendResult[]> {
    const results = await this.#inner.send(messages, signal);
    for (const [index, message] of messages.entries()) {
      const result = results[index];
      if (result?.ok === true && !result.deduplicated) this.sent.push(toSent(message));
    }
    return results;
  }

  async open(
    options: ReceiveOptions,
    onFailed?: (event: DeliveryEvent) => void,
  ): Promise<Receiver> {
    return new TestReceiver(await this.#inner.open(options), {
      faults: this.faults,
      handling: this.#handling,
      clock: this.#clock,
      onLost: options.onLost,
      onFailed,
    });
  }

  /** The store stays open for the other clients of the test. */
  close(): Promise<void> {
    return Promise.resolve();
  }
}
