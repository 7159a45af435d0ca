import type { Arrival, ReceiverLink } from "./receiver-link.ts";

/** The SDK has to be told some time. */
const LONGEST_MS = 3_600_000;

/** A link that has asked for one message, whoever waits for that. */
export class WaitingLink {
  readonly link: ReceiverLink;
  /** The message; undefined where the link was closed, or nothing came for very long. Rejects with the link. */
  readonly next: Promise<Arrival | undefined>;
  readonly #ending = new AbortController();
  #closed = false;

  constructor(link: ReceiverLink) {
    this.link = link;
    this.next = this.#receive();
    this.next.catch(() => undefined); // told to whoever waits, and nobody may
  }

  /**
   * Stops asking, and answers what came all the same. The SDK's own abort forgets what is on its way, which then
   * stays locked; closing the link first lets that arrive, for one message is all that was asked for.
   */
  async close(): Promise<Arrival | undefined> {
    await this.link.close();
    this.#closed = true;
    this.#ending.abort();
    return this.next.catch(() => undefined);
  }

  async #receive(): Promise<Arrival | undefined> {
    try {
      const [arrival] = await this.link.receive(1, LONGEST_MS, this.#ending);
      return arrival;
    } catch (error) {
      if (this.#closed) return undefined;
      throw error;
    }
  }
}
