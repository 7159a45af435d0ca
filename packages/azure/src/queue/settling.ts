import type { ServiceBusReceivedMessage, ServiceBusReceiver } from "@azure/service-bus";
import type { ServiceBusConnection } from "../client.ts";
import { translate } from "../errors.ts";
import { byLockToken, isOnOpenLink, isRefused, whenLinkCloses } from "./amqp-delivery.ts";
import type { SettlingReceiver } from "./settler.ts";

export interface SettlingOptions {
  readonly connection: ServiceBusConnection;
  /** The queue's name in its namespace. */
  readonly path: string;
}

/**
 * Settles what came on one link by that link; by its lock token where the link is gone, or going, or has refused to.
 */
export class Settling implements SettlingReceiver {
  readonly #given: SettlingOptions;
  /** What the link has not yet answered. */
  readonly #asked = new Set<Promise<void>>();
  #closing = false;
  #broken = false;

  constructor(options: SettlingOptions) {
    this.#given = options;
  }

  /**
   * Whether the link was closed over an outcome. It is not to be opened again: the SDK counts deliveries anew, and
   * would take the end of its wait for that outcome's answer for the end of another's.
   */
  get isBroken(): boolean {
    return this.#broken;
  }

  completeMessage(message: ServiceBusReceivedMessage): Promise<void> {
    return this.#settle(message, (receiver, its) => receiver.completeMessage(its));
  }

  abandonMessage(
    message: ServiceBusReceivedMessage,
    changes?: Parameters<SettlingReceiver["abandonMessage"]>[1],
  ): Promise<void> {
    return this.#settle(message, (receiver, its) => receiver.abandonMessage(its, changes));
  }

  deadLetterMessage(
    message: ServiceBusReceivedMessage,
    options?: Parameters<SettlingReceiver["deadLetterMessage"]>[1],
  ): Promise<void> {
    return this.#settle(message, (receiver, its) => receiver.deadLetterMessage(its, options));
  }

  /** Resolves when the link may be closed: with it the SDK would forget what it has been asked, and wait for ever. */
  async close(): Promise<void> {
    this.#closing = true;
    await Promise.allSettled(this.#asked);
  }

  async #settle(
    message: ServiceBusReceivedMessage,
    run: (receiver: ServiceBusReceiver, message: ServiceBusReceivedMessage) => Promise<void>,
  ): Promise<void> {
    const { connection, path } = this.#given;
    const connected = await connection.connected();
    const receiver = connected.unlinked(path);
    const byLink = isOnOpenLink(message) && !this.#closing && !isRefused(message);
    const ask = (its: ServiceBusReceivedMessage) =>
      connected.answer(() => run(receiver, its), connection.answerMs);
    if (!byLink) return ask(byLockToken(message));
    const asked = whileOpen(message, ask);
    this.#asked.add(asked);
    try {
      await asked;
    } catch (error) {
      if (!(error instanceof LinkClosedError)) throw error;
      this.#broken = true;
      await ask(byLockToken(message)).catch((second: unknown) => {
        throw translate(second, "").code === "RECEIPT_EXPIRED" ? new AnswerLostError() : second;
      });
    } finally {
      this.#asked.delete(asked);
    }
  }
}

/**
 * What is answered while the link is open; after that nothing is. The SDK closes it too, where Service Bus takes more
 * than 200 ms to say that there is nothing more to receive.
 */
function whileOpen(
  message: ServiceBusReceivedMessage,
  ask: (message: ServiceBusReceivedMessage) => Promise<void>,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = whenLinkCloses(message, () => reject(new LinkClosedError()));
    ask(message).then(
      () => {
        stop();
        resolve();
      },
      (error) => {
        stop();
        reject(error);
      },
    );
  });
}

class LinkClosedError extends Error {
  override readonly name = "LinkClosedError";
  override readonly message = "the link was closed before an outcome was answered";
}

/** A link was closed with an outcome unanswered, and now the lock is gone: that outcome, or the end of the lock. */
export class AnswerLostError extends Error {
  override readonly name = "AnswerLostError";
  override readonly message = "the answer to an outcome was lost with its link";
}
