import {
  type Delivery,
  type PushedQueue,
  retryItems,
  type SendResult,
  type Settlement,
} from "@alienplatform/bindings";
import { AlienError } from "@alienplatform/core";
import { deadQueueOf } from "../queue/dead-queue.ts";
import { deathIn } from "../queue/death.ts";
import { ServiceBusQueueDriver } from "../queue/driver.ts";
import type { Sendable } from "../queue/message.ts";
import { type InvocationContext, isBatch, toDeliveries } from "./trigger-event.ts";

/**
 * Handles what the trigger hands over; answers what is to be thrown. The host completes all of it when the function
 * returns and abandons all of it when it throws. What the two cannot say is said by a message, which is sent before
 * the original is completed: a retry that waits, or that of one message of a batch, is a scheduled copy; a dead letter
 * is a copy in the queue of the dead letters. In a group nothing may overtake, so there every retry is a throw.
 */
export async function handleBatch(
  input: unknown,
  context: InvocationContext,
  queue: PushedQueue,
): Promise<AlienError | undefined> {
  const settlements = await queue.deliver(toDeliveries(input, context), {});
  const fifo = queue.binding.options.fifo !== undefined;
  const again = settlements.filter(comesAgain);
  const thrown = again.find(({ outcome }) => fifo || (!isBatch(context) && waitOf(outcome) === 0));
  if (thrown !== undefined) return abandoned(thrown, queue);
  const dying = settlements.filter(({ outcome }) => outcome.kind === "deadLetter");
  const { source, dead } = driversOf(queue);
  const copies = again.map((one) => retryCopy(one, queue));
  const deadCopies = dying.map((one) => deadCopy(one, queue));
  await send(source, copies, queue);
  await send(dead, deadCopies, queue);
  return undefined;
}

interface Drivers {
  readonly source: ServiceBusQueueDriver;
  readonly dead: ServiceBusQueueDriver;
}

const opened = new WeakMap<PushedQueue, Drivers>();

/** Their connections are kept from one invocation to the next. */
function driversOf(queue: PushedQueue): Drivers {
  const known = opened.get(queue);
  if (known !== undefined) return known;
  const { binding, clock } = queue;
  const made = {
    source: new ServiceBusQueueDriver(binding, clock),
    dead: new ServiceBusQueueDriver(deadQueueOf(binding), clock),
  };
  opened.set(queue, made);
  return made;
}

function comesAgain({ outcome }: Settlement): boolean {
  return outcome.kind === "retry" || outcome.kind === "release";
}

function waitOf(outcome: Settlement["outcome"]): number {
  return outcome.kind === "retry" ? outcome.delayMs : 0;
}

/** Under a new id of Service Bus, counting on; what is released counts this delivery once more. */
function retryCopy({ delivery, outcome }: Settlement, { clock }: PushedQueue): Sendable {
  const attempt = delivery.attempt + (outcome.kind === "retry" ? 1 : 0);
  const delayMs = waitOf(outcome);
  return {
    ...copyOf(delivery),
    attempt,
    copy: copyIdOf(delivery, String(attempt)),
    ...(delayMs === 0 ? {} : { delayMs: clock.now() - delivery.sentAt + delayMs }),
  };
}

function deadCopy({ delivery, outcome }: Settlement, { binding, clock }: PushedQueue): Sendable {
  const { queue, options } = binding;
  const error = "error" in outcome ? outcome.error : NO_REASON;
  const dead = deathIn({ queue, options, clock }, delivery, error);
  const copy = copyOf(delivery);
  return { ...copy, headers: { ...copy.headers, dead }, copy: copyIdOf(delivery, "dead") };
}

/** Each delivery's own: a message may be retried, or die, more than once, and no copy may be taken for another. */
function copyIdOf({ receipt }: Delivery, what: string): string {
  return receipt === "" ? what : `${what}-${receipt}`;
}

const NO_REASON = { code: "HANDLER_FAILED", message: "no reason was given" };

function copyOf({ id, body, headers, sentAt, group }: Delivery): Sendable {
  return { id, body, headers, sentAt, ...(group === undefined ? {} : { group }) };
}

/** All of them, or a throw that brings the batch back. */
async function send(
  driver: ServiceBusQueueDriver,
  messages: readonly Sendable[],
  { clock, random }: PushedQueue,
): Promise<void> {
  if (messages.length === 0) return;
  const call = (items: readonly Sendable[]): Promise<readonly SendResult[]> => driver.send(items);
  const results = await retryItems(messages, call, { clock, random });
  for (const result of results) if (!result.ok) throw result.error;
}

/** For the host's log, which shows it as the invocation's failure. */
function abandoned({ delivery, outcome }: Settlement, { binding }: PushedQueue): AlienError {
  const why = outcome.kind === "retry" ? `: ${outcome.error.message}` : "";
  const text = `message ${delivery.id} of queue "${binding.queue}" comes back${why}`;
  return new AlienError("HANDLER_FAILED", text, {
    fix: "Nothing: Service Bus delivers it again. Its handler decides how often and after how long.",
  });
}
