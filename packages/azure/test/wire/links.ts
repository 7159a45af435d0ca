import rhea, { type Connection, type EventContext, type Receiver, type Sender } from "rhea";
import type { Answers } from "./answers.ts";
import { AmqpFailure, entityOf, readLong, toAmqpError } from "./encoding.ts";
import { checkSize, decode } from "./management.ts";
import { attempt, described, dispositionOf, type Outcome } from "./outcomes.ts";
import { isService } from "./services.ts";
import { WireLink } from "./wire-link.ts";
import type { WireQueue } from "./wire-queue.ts";

const BATCH_FORMAT = 0x80013700;
const FILTER = "com.microsoft:session-filter";

export const DEAD_LETTERS = "/$deadletterqueue";

/** The links of all connections: who sends to which queue, and who receives from it. */
export class WireLinks {
  readonly #queue: (path: string) => WireQueue;
  readonly #answers: Answers;
  readonly #links = new Map<Sender, { readonly link: WireLink; readonly queue: WireQueue }>();

  constructor(queue: (path: string) => WireQueue, answers: Answers) {
    this.#queue = queue;
    this.#answers = answers;
  }

  /** A client wants to receive. */
  receives(sender: Sender): void {
    const address = entityOf(String(sender.source?.address ?? ""));
    sender.set_target(sender.target);
    sender.set_source(sender.source);
    if (isService(address)) return;
    try {
      const queue = this.#queue(address);
      const filter = (sender.source?.filter ?? {}) as Record<string, unknown>; // by the name of what is filtered
      const asks = FILTER in filter;
      if (asks !== queue.options.sessions) throw wrongKind(queue);
      const link = new WireLink(sender);
      this.#links.set(sender, { link, queue });
      if (!asks) {
        queue.links.add(link);
        queue.pump();
        return;
      }
      link.hold();
      const wanted = filter[FILTER];
      const timeout = readLong(sender.properties?.["com.microsoft:timeout"] ?? 60_000);
      queue.sessions.ask(
        link,
        wanted === null || wanted === undefined ? undefined : String(wanted),
        timeout,
      );
    } catch (error) {
      refuse(sender, error);
    }
  }

  /** A client wants to send. */
  sends(receiver: Receiver): void {
    const address = entityOf(String(receiver.target?.address ?? ""));
    receiver.set_target(receiver.target);
    receiver.set_source(receiver.source);
    if (isService(address)) return;
    try {
      const queue = this.#queue(address);
      if (queue.path.toLowerCase().endsWith(DEAD_LETTERS)) {
        throw new AmqpFailure("amqp:not-allowed", "Cannot send to a dead-letter sub-queue.");
      }
      // rhea's types do not tell of it.
      const { local } = receiver as unknown as { local: { attach: Record<string, unknown> } };
      local.attach.max_message_size = queue.options.maxBytes;
    } catch (error) {
      refuse(receiver, error);
    }
  }

  /** A message for a queue, or an AMQP batch of them. */
  take({ message, receiver, delivery, format }: EventContext & { format?: number }): void {
    if (message === undefined || receiver === undefined || delivery === undefined) return;
    const address = entityOf(String(receiver.target?.address ?? ""));
    try {
      const queue = this.#queue(address);
      // Of another format than 0 rhea gives the bytes.
      const bytes = format ? (message as unknown as Buffer) : rhea.message.encode(message);
      checkSize(queue, bytes);
      const messages =
        format === BATCH_FORMAT
          ? [decode(bytes).body.content].flat().map((one: Buffer) => decode(one))
          : [message];
      for (const one of messages) queue.enqueue(one);
      this.#answers.give(true, () => delivery.accept());
    } catch (error) {
      this.#answers.give(false, () => delivery.reject(toAmqpError(error)));
    }
  }

  /** There is room on a link that had none. */
  pump(sender: Sender): void {
    this.#links.get(sender)?.queue.pump();
  }

  /** The receiver has decided; the second settle mode wants its decision answered, with what became of it. */
  settle({ sender, delivery }: EventContext, outcome: Outcome): void {
    const known = sender && this.#links.get(sender);
    if (known === undefined || delivery === undefined) return;
    const disposition = dispositionOf(outcome, delivery);
    const failed = attempt(() => known.queue.settle(known.link, delivery, disposition));
    this.#answers.give(outcome === "accepted" && failed === undefined, () => {
      delivery.update(true, failed ?? described(outcome));
      // Or rhea keeps it, and the link stalls after 2,048 of them.
      Object.assign(delivery, { remote_settled: true });
    });
  }

  /** rhea tells of dispositions a turn later than of the end of a link that came in the same bytes behind them. */
  leave(sender: Sender): void {
    setImmediate(() => {
      const known = this.#links.get(sender);
      this.#links.delete(sender);
      known?.queue.leave(known.link);
    });
  }

  /** All links of a connection that is gone. */
  leaveAll(connection: Connection): void {
    for (const sender of this.#links.keys()) {
      if (sender.connection === connection) this.leave(sender);
    }
  }
}

/** AMQP answers an attach that it refuses without the end that was asked for, and detaches with the reason. */
function refuse(link: Sender | Receiver, error: unknown): void {
  // rhea's types do not tell of it.
  const { local } = link as unknown as { local: { attach: Record<string, unknown> } };
  Object.assign(local.attach, { source: undefined, target: undefined });
  link.close(toAmqpError(error));
}

function wrongKind({ options }: WireQueue): AmqpFailure {
  const text = options.sessions
    ? "It is not possible for an entity that requires sessions to create a non-sessionful message receiver."
    : "A sessionful message receiver cannot be created on an entity that does not require sessions.";
  return new AmqpFailure("amqp:not-allowed", text);
}
