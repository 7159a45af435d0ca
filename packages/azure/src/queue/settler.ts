import { type Failure, type Outcome, packEnvelope } from "@alienplatform/bindings";
import type { ServiceBusReceiver, ServiceBusSender } from "@azure/service-bus";
import { translate } from "../errors.ts";
import { type DeathPlace, deathIn } from "./death.ts";
import { copyOf, ENVELOPE, NOT_BEFORE, packFitted, type Received } from "./message.ts";

/** Service Bus cuts neither and refuses longer ones: https://learn.microsoft.com/azure/service-bus-messaging/service-bus-dead-letter-queues */
const LONGEST_REASON = 4096;

/** Settles by the link that the message came on. */
export type SettlingReceiver = Pick<
  ServiceBusReceiver,
  "completeMessage" | "abandonMessage" | "deadLetterMessage"
>;

/** What settling takes beside that, of one queue. */
export interface Settlers extends DeathPlace {
  /** Lends what takes the copies of what is to be retried later. */
  readonly withSender: <Answer>(
    run: (sender: ServiceBusSender) => Promise<Answer>,
  ) => Promise<Answer>;
}

/** Settles one message; throws what Service Bus throws. */
export function settle(
  received: Received,
  outcome: Outcome,
  receiver: SettlingReceiver,
  settlers: Settlers,
): Promise<void> {
  switch (outcome.kind) {
    case "ack":
      return receiver.completeMessage(received.message);
    case "release":
      return release(received, receiver);
    case "retry":
      if (outcome.delayMs === 0) return receiver.abandonMessage(received.message);
      return settlers.options.fifo === undefined
        ? retryLater(received, outcome.delayMs, receiver, settlers)
        : retryInPlace(received, outcome.delayMs, receiver, settlers);
    case "deadLetter":
      return deadLetter(received, outcome.error, receiver, settlers);
  }
}

/** An abandon counts as a delivery, so the envelope that it leaves behind counts one less. */
function release({ message, envelope }: Received, receiver: SettlingReceiver): Promise<void> {
  const attempt = (envelope.attempt ?? 1) - 1;
  return receiver.abandonMessage(message, { [ENVELOPE]: packEnvelope({ ...envelope, attempt }) });
}

/** Messages whose copy is scheduled, should the completion have to be repeated. */
const copied = new WeakSet<Received["message"]>();

/**
 * An abandoned message comes back at once, so a retry that is to wait is a scheduled copy. Scheduled first, and
 * completed then: a crash in between leaves the message twice, and never loses it. Where the loan turns out to be
 * over the copy is taken back, since the message itself is on its way to somebody else; unless an earlier completion
 * may be why it is over.
 */
async function retryLater(
  received: Received,
  delayMs: number,
  receiver: SettlingReceiver,
  { withSender, clock }: Settlers,
): Promise<void> {
  const { message } = received;
  if (copied.has(message)) return receiver.completeMessage(message);
  const copy = copyOf(received, received.delivery.attempt + 1);
  const dueAt = new Date(clock.now() + delayMs);
  const places = await withSender((sender) => sender.scheduleMessages(copy, dueAt));
  copied.add(message);
  try {
    await receiver.completeMessage(message);
  } catch (error) {
    if (translate(error, "").code === "RECEIPT_EXPIRED") {
      const cancelled = withSender((sender) => sender.cancelScheduledMessages(places));
      await cancelled.catch(() => undefined); // then it comes twice
    }
    throw error;
  }
}

/**
 * In a group a copy would let the later ones pass. The message itself stays the first of its group, and says until
 * when: whoever accepts the session next holds it back until then.
 */
function retryInPlace(
  { message }: Received,
  delayMs: number,
  receiver: SettlingReceiver,
  { clock }: Settlers,
): Promise<void> {
  return receiver.abandonMessage(message, { [NOT_BEFORE]: clock.now() + delayMs });
}

/** Service Bus moves the message and forwards it to where this queue's dead letters go; our own account travels along. */
function deadLetter(
  { message, envelope, delivery }: Received,
  error: Failure,
  receiver: SettlingReceiver,
  settlers: Settlers,
): Promise<void> {
  const dead = deathIn(settlers, delivery, error);
  const { attempt: _, ...counted } = envelope;
  return receiver.deadLetterMessage(message, {
    deadLetterReason: dead.error.code.slice(0, LONGEST_REASON),
    deadLetterErrorDescription: dead.error.message.slice(0, LONGEST_REASON),
    [ENVELOPE]: packFitted({ ...counted, headers: { ...envelope.headers, dead } }),
  });
}
