import type { ServiceBusReceivedMessage, ServiceBusReceiver } from "@azure/service-bus";
import type { ServiceBusConnection } from "../client.ts";
import type { ConnectedClient } from "../connected-client.ts";
import { Dispositions } from "./dispositions.ts";
import type { SettlingReceiver } from "./settler.ts";
import { Settling } from "./settling.ts";

/** A message, and what it came on and is settled by. */
export interface Arrival {
  readonly message: ServiceBusReceivedMessage;
  readonly link: ReceiverLink;
}

/** A link that messages of a queue without sessions come on, one call at a time. */
export class ReceiverLink {
  /** Settles what came on it, also when it is closed. */
  readonly settling: SettlingReceiver;
  readonly #own: Settling;
  readonly #receiver: ServiceBusReceiver;
  readonly #connected: ConnectedClient;

  private constructor(connected: ConnectedClient, path: string, connection: ServiceBusConnection) {
    this.#connected = connected;
    this.#receiver = connected.link(path);
    this.#own = new Settling({ connection, path });
    this.settling = new Dispositions(this.#own);
  }

  /** On the connection as it is now; the link itself is opened by what is first received. */
  static async on(connection: ServiceBusConnection, path: string): Promise<ReceiverLink> {
    return new ReceiverLink(await connection.connected(), path, connection);
  }

  get isClosed(): boolean {
    return this.#connected.isCut || this.#receiver.isClosed || this.#own.isBroken;
  }

  /** What comes first, after at most so many milliseconds, or until `ending` aborts. */
  async receive(
    max: number,
    maxWaitMs: number,
    ending?: AbortController,
  ): Promise<readonly Arrival[]> {
    const messages = await this.#connected.receive(this.#receiver, max, maxWaitMs, ending);
    return messages.map((message) => ({ message, link: this }));
  }

  async close(): Promise<void> {
    await this.#own.close();
    const closing = this.#connected.answer(() => this.#receiver.close());
    await closing.catch(() => undefined); // it went with its connection
  }
}
