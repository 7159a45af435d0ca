import type { QueueClient, ReceivedMessage } from "@alienplatform/bindings";
import { AlienError } from "@alienplatform/core";
import { monotonic, type SettledAs } from "../history.ts";
import { chanceOf } from "./chance.ts";
import type { Payload } from "./sender.ts";
import type { Witness } from "./witness.ts";

/** A message on loan. */
export interface Held {
  readonly message: ReceivedMessage<Payload>;
  /** No sooner. */
  readonly leaseEnds: number;
}

export interface ConsumerOptions {
  readonly name: string;
  readonly tasks: QueueClient<Payload>;
  readonly witness: Witness;
  readonly seed: number;
  readonly leaseMs: number;
  readonly retryDelays: boolean;
  readonly extends: boolean;
  /** Ends it: what is in hand is settled first. */
  readonly signal: AbortSignal;
}

/** Receives and settles in every way there is, and writes down what it was given and answered. */
export async function runConsumer(consumer: ConsumerOptions): Promise<void> {
  const { name, seed, signal } = consumer;
  const chance = chanceOf(seed, name);
  const settling = new Set<Promise<void>>();
  while (!signal.aborted) {
    for (const group of grouped(await receive(consumer, chance.int(1, 12), "1s"))) {
      const settled = settleGroup(consumer, group).finally(() => settling.delete(settled));
      settling.add(settled);
    }
  }
  await Promise.all(settling);
}

/** One receive, written down; a failure of it that passes is an empty one. */
export async function receive(
  {
    name,
    tasks,
    witness,
    leaseMs,
  }: Pick<ConsumerOptions, "name" | "tasks" | "witness" | "leaseMs">,
  max: number,
  wait: "1s",
): Promise<readonly Held[]> {
  const takenAt = monotonic();
  const leaseEnds = takenAt + leaseMs;
  try {
    const messages = await tasks.receive(max, { wait, lease: `${leaseMs}ms` });
    for (const { id, attempt, payload, receiptHandle } of messages) {
      witness.write(name, {
        kind: "deliver",
        key: payload.key,
        id,
        attempt,
        takenAt,
        leaseEnds,
        receipt: receiptHandle,
      });
    }
    return messages.map((message) => ({ message, leaseEnds }));
  } catch (error) {
    if (!(error instanceof AlienError && error.retryable)) {
      witness.violations.push(`a receive failed with ${String(error)}`);
    }
    return [];
  }
}

/** The messages of a group together, in order; each other one alone. */
function grouped(taken: readonly Held[]): readonly (readonly Held[])[] {
  const groups = new Map<string, Held[]>();
  for (const held of taken) {
    const name = held.message.group ?? held.message.receiptHandle;
    groups.set(name, [...(groups.get(name) ?? []), held]);
  }
  return [...groups.values()];
}

/** One after the other; what follows one that is not over goes back, as every consumer of groups has to do. */
async function settleGroup(consumer: ConsumerOptions, group: readonly Held[]): Promise<void> {
  let over = true;
  for (const held of group) {
    if (over) over = await settle(consumer, held);
    else await settleOnce(consumer, held, "nack");
  }
}

/** Answers whether the message is over. */
async function settle(consumer: ConsumerOptions, held: Held): Promise<boolean> {
  const { seed, leaseMs, retryDelays } = consumer;
  // Its own, so that a seed does the same to it whoever gets it, and when.
  const chance = chanceOf(seed, held.message.payload.key, held.message.attempt);
  const dice = chance.next();
  if (dice < 0.04) return false; // left to its lease
  if (dice < 0.08) {
    // Too late: the message is somebody else's by then, or comes again.
    await later(leaseMs + chance.int(0, 500));
    await settleOnce(consumer, held, "ack");
    return false;
  }
  if (dice < 0.14 && consumer.extends) {
    await later(chance.int(0, leaseMs / 2));
    await extendOnce(consumer, held);
    return settleOnce(consumer, held, "ack");
  }
  if (dice < 0.32) {
    await settleOnce(consumer, held, "nack", retryDelays && chance.is(0.4) ? 1_000 : 0);
    return false;
  }
  if (dice < 0.38) return settleOnce(consumer, held, "deadLetter");
  const acked = await settleOnce(consumer, held, "ack");
  if (dice < 0.42) await settleOnce(consumer, held, "ack");
  return acked;
}

/** One outcome, written down before it is asked for and when it is answered; answers whether it was. */
export async function settleOnce(
  { name, tasks, witness }: Pick<ConsumerOptions, "name" | "tasks" | "witness">,
  { message, leaseEnds }: Held,
  outcome: SettledAs,
  delayMs = 0,
): Promise<boolean> {
  const { id, receiptHandle: receipt } = message;
  const start = { kind: "settle-start", id, outcome, receipt, delayMs } as const;
  witness.write(name, start);
  try {
    if (outcome === "ack") await tasks.ack(message);
    else if (outcome === "deadLetter") await tasks.deadLetter(message, "dice");
    else if (delayMs > 0) await tasks.nack(message, { delay: `${delayMs}ms`, reason: "dice" });
    else await tasks.nack(message, { reason: "dice" });
    witness.write(name, { kind: "settle-ok", id, outcome, receipt });
    return true;
  } catch (error) {
    judgeFailure(witness, error, outcome, leaseEnds);
    return false;
  }
}

async function extendOnce(
  { name, tasks, witness, leaseMs }: ConsumerOptions,
  { message, leaseEnds }: Held,
): Promise<void> {
  const { id, receiptHandle: receipt } = message;
  witness.write(name, { kind: "extend-start", id, receipt });
  const askedAt = monotonic();
  try {
    await tasks.extend(message, `${leaseMs}ms`);
    witness.write(name, { kind: "extend-ok", id, receipt, leaseEnds: askedAt + leaseMs });
  } catch (error) {
    judgeFailure(witness, error, "extend", leaseEnds);
  }
}

/** Passing, so that it is in doubt; or a lease that has ended, long ago perhaps. */
function judgeFailure(witness: Witness, error: unknown, what: string, leaseEnds: number): void {
  const ended = monotonic() > leaseEnds ? ["RECEIPT_EXPIRED", "UNSUPPORTED"] : ["RECEIPT_EXPIRED"];
  const known = error instanceof AlienError && (error.retryable || ended.includes(error.code));
  if (!known) witness.violations.push(`${what} failed with ${String(error)}`);
}

function later(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
