import type { ServiceBusReceivedMessage } from "@azure/service-bus";
import type { ServiceBusConnection } from "../client.ts";

/** A message's place in its queue, in the SDK's own 64-bit integers. */
export type Place = NonNullable<ServiceBusReceivedMessage["sequenceNumber"]>;

/** Messages of one look; Service Bus answers fewer where they are large. */
const PAGE = 250;

/**
 * Looks at the messages of a queue in the order of their places, without locking any: active ones, on loan or not,
 * and scheduled ones. https://learn.microsoft.com/azure/service-bus-messaging/message-browsing
 */
export class Browser {
  readonly #connection: ServiceBusConnection;
  readonly #path: string;
  #first: Place | undefined;

  constructor(connection: ServiceBusConnection, path: string) {
    this.#connection = connection;
    this.#path = path;
  }

  /** From the start, or those after a place; a page is fetched when it is asked for. */
  async *messages(after?: Place): AsyncGenerator<ServiceBusReceivedMessage> {
    const connected = await this.#connection.connected();
    // A look goes by the queue's $management, with or without sessions.
    const receiver = connected.unlinked(this.#path);
    let from = after?.add(1) ?? this.#first;
    for (;;) {
      // Without a place the SDK goes on where its last look ended, which is the start where it has seen nothing.
      const options = from === undefined ? {} : { fromSequenceNumber: from };
      // A look must not keep a process alive that has nothing else to do.
      const page = await this.#connection.during(() =>
        connected.answer(() => receiver.peekMessages(PAGE, options)),
      );
      yield* page;
      const last = page.at(-1)?.sequenceNumber;
      if (last === undefined) return;
      // The SDK does not export what it counts places in: the first is made of one that it gave.
      this.#first ??= last.sub(last).add(1);
      from = last.add(1);
    }
  }
}
