import type { Delivery, Message, Sender, Source } from "rhea";
import type { WireError } from "./encoding.ts";
import type { Entry, Lock } from "./entry.ts";

/** What rhea has and its types do not tell. */
interface OpenSender extends Omit<Sender, "session"> {
  readonly local: { attach: Record<string, unknown> };
  readonly state: { local_open: boolean; open_requests: number };
  readonly session: { readonly outgoing: { readonly next_pending_delivery: number } };
  _draining: boolean;
  _get_drain: () => boolean;
  delivery_count: number;
  credit: number;
}

/** A link on which the server sends: somebody receives. */
export class WireLink {
  readonly removes: boolean;
  /** Of the session it has; undefined where the queue has none. */
  sessionId: string | undefined;
  /** What was lent out on it, by delivery, until it is settled. */
  readonly lent = new Map<Delivery, { readonly entry: Entry; readonly lock: Lock }>();
  readonly #sender: OpenSender;
  /** Handed to rhea and not yet written. */
  #queued: Delivery[] = [];

  constructor(sender: Sender) {
    this.#sender = sender as unknown as OpenSender; // see above
    // A receiver that deletes on receipt asks for deliveries that are settled when they are sent.
    this.removes = sender.snd_settle_mode === 1;
    Object.assign(this.#sender.local.attach, {
      snd_settle_mode: this.removes ? 1 : 0,
      rcv_settle_mode: this.removes ? 0 : 1,
    });
    answerDrains(this.#sender);
  }

  /** How many more messages it takes; rhea lowers a link's credit only when it writes. */
  get room(): number {
    if (!this.#sender.is_open()) return 0;
    const { next_pending_delivery: next } = this.#sender.session.outgoing;
    this.#queued = this.#queued.filter(({ id }) => id >= next);
    return this.#sender.credit - this.#queued.length;
  }

  send(message: Message, tag: Buffer): Delivery {
    const delivery = this.#sender.send(message, tag);
    this.#queued.push(delivery);
    return delivery;
  }

  /** Says that there is nothing more, where that was asked. */
  drained(): void {
    if (this.#sender._draining) this.#sender.set_drained(true);
  }

  /** Keeps the attach back that rhea has already decided to answer. */
  hold(): void {
    this.#sender.state.open_requests--;
    this.#sender.state.local_open = false;
  }

  /** Answers the attach that was held back, with the address as the client wrote it. */
  attach(filter: Readonly<Record<string, unknown>>, properties: Record<string, unknown>): void {
    const { address } = this.#sender.source;
    this.#sender.set_source({ address, filter } as unknown as Source); // rhea's types know no filter of plain text
    this.#sender.local.attach.properties = properties;
    this.#sender.open();
  }

  /** Refuses the attach that was held back: AMQP answers it without a source, and detaches with the reason. */
  refuse(error: WireError): void {
    this.#sender.local.attach.source = undefined;
    this.#sender.open();
    this.#sender.close(error);
  }

  close(error: WireError): void {
    this.#sender.close(error);
  }
}

/**
 * The answer to a drain is a flow that says drain and has no credit left, also where messages have used all of it.
 * rhea leaves that one out, and a client that waits for it would close the link.
 */
function answerDrains(sender: OpenSender): void {
  const drain = sender as OpenSender & { _drained: boolean };
  sender._get_drain = () => {
    if (!drain._draining || !drain._drained) return false;
    sender.delivery_count += sender.credit;
    sender.credit = 0;
    drain._draining = false;
    return true;
  };
}
