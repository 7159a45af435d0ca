import type { ServiceBusReceivedMessage, ServiceBusReceiver } from "@azure/service-bus";
import type { SettlingReceiver } from "./settler.ts";

type Properties = Parameters<ServiceBusReceiver["abandonMessage"]>[1];
type DeadLetterOptions = Parameters<ServiceBusReceiver["deadLetterMessage"]>[1];

/**
 * Settles messages of a link, the ones that are completed together and every other one in a turn of its own.
 *
 * The SDK's AMQP library (rhea 3.0.5, write_dispositions in lib/session.js) writes what was decided within one turn
 * of the event loop as ranges, and puts the second of two neighbours into the range of the first whatever was decided
 * about it: a message abandoned beside one that is completed would be completed too, and lost; of two that are
 * dead-lettered the second would carry the properties of the first.
 */
export class Dispositions implements SettlingReceiver {
  readonly #receiver: SettlingReceiver;
  /** Resolves when what was decided last has been written. */
  #written: Promise<unknown> = Promise.resolve();
  /** The turn of messages to be completed that has not begun. */
  #completing: Promise<unknown> | undefined;

  constructor(receiver: SettlingReceiver) {
    this.#receiver = receiver;
  }

  async completeMessage(message: ServiceBusReceivedMessage): Promise<void> {
    if (this.#completing === undefined) {
      const turn = this.#turn().then(() => {
        this.#completing = undefined;
      });
      this.#completing = turn;
    }
    await this.#completing;
    return this.#receiver.completeMessage(message);
  }

  async abandonMessage(message: ServiceBusReceivedMessage, changes?: Properties): Promise<void> {
    await this.#turnAlone();
    return this.#receiver.abandonMessage(message, changes);
  }

  async deadLetterMessage(
    message: ServiceBusReceivedMessage,
    options?: DeadLetterOptions,
  ): Promise<void> {
    await this.#turnAlone();
    return this.#receiver.deadLetterMessage(message, options);
  }

  #turnAlone(): Promise<unknown> {
    // What is completed from here on comes after.
    this.#completing = undefined;
    return this.#turn();
  }

  #turn(): Promise<unknown> {
    const turn = this.#written;
    // The SDK decides without waiting for anything, and the library writes before the loop turns.
    this.#written = turn.then(() => new Promise((resolve) => setImmediate(resolve)));
    return turn;
  }
}
