import rhea, { type EventContext, type Message, type Receiver, type Sender } from "rhea";
import type { Answers } from "./answers.ts";
import { entityOf, toAmqpError } from "./encoding.ts";
import { answer, failure } from "./management.ts";
import type { WireQueue } from "./wire-queue.ts";

const MANAGEMENT = "/$management";

/** What answers requests instead of keeping messages. */
export function isService(address: string): boolean {
  return address === "$cbs" || address.endsWith(MANAGEMENT);
}

/**
 * Answers what was sent to $cbs or to a queue's $management; false where it was sent to neither. It is asked on one
 * link and answers on another of the same session.
 */
export function serve(
  { message: request, receiver, delivery }: EventContext,
  queueOf: (path: string) => WireQueue,
  answers: Answers,
): boolean {
  const address = entityOf(String(receiver?.target?.address ?? ""));
  if (!isService(address)) return false;
  if (request === undefined || receiver === undefined || delivery === undefined) return true;
  answers.give(true, () => delivery.accept());
  // rhea's types do not tell of a session's links.
  const { links } = receiver.session as unknown as { links: Record<string, Sender | Receiver> };
  const senders = Object.values(links).filter((one): one is Sender => one.is_sender());
  const near = senders.filter(({ source }) => entityOf(String(source?.address ?? "")) === address);
  const asked = request.reply_to;
  // Microsoft's C client sends no reply-to.
  const sender =
    near.find(({ name, target }) => name === asked || target?.address === asked) ?? near[0];
  const answered = {
    ...answerTo(request, address, queueOf),
    correlation_id: request.message_id,
    to: request.reply_to,
  } as Message;
  // A turn later: of one turn rhea writes the messages first, and Microsoft's C client takes an answer to what it does
  // not know to have arrived for a failure (amqp_management.c, on_message_received).
  answers.give(false, () => sender?.send(answered));
  return true;
}

function answerTo(
  request: Message,
  address: string,
  queueOf: (path: string) => WireQueue,
): Message {
  if (address === "$cbs") {
    const status = { "status-code": rhea.types.wrap_int(202), "status-description": "Accepted" };
    return { application_properties: status, body: null };
  }
  try {
    return answer(queueOf(address.slice(0, -MANAGEMENT.length)), request);
  } catch (error) {
    return failure(toAmqpError(error));
  }
}
