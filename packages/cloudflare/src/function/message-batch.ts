import {
  type Delivery,
  type Outcome,
  type PushedQueue,
  retryItems,
  type Settlement,
  type SettleResult,
} from "@alienplatform/bindings";
import type { AlienError } from "@alienplatform/core";
import { readAddress } from "../address.ts";
import { workerCapabilities } from "../capabilities.ts";
import { Burial } from "../queue/burial.ts";
import { linksOf } from "../queue/links.ts";
import { toDelivery, toSeconds } from "../queue/message.ts";

/** What Cloudflare pushes: https://developers.cloudflare.com/queues/configuration/javascript-apis/#messagebatch */
export interface MessageBatch {
  /** The queue's name, which is not its id. */
  readonly queue: string;
  readonly messages: readonly PushedMessage[];
  /** Of those without a decision of their own. */
  retryAll(options: { readonly delaySeconds: number }): void;
}

export interface PushedMessage {
  readonly id: string;
  readonly timestamp: Date;
  readonly body: unknown;
  /** 1 on first delivery. */
  readonly attempts: number;
  /** The first call of ack or retry counts. */
  ack(): void;
  retry(options: { readonly delaySeconds: number }): void;
}

/** How long what could not be handled at all waits, so that it is not pushed in a loop. */
const LATER = { delaySeconds: 30 };

/** Whatever has no decision of its own comes back: nobody has handled it. */
export function giveBack(batch: MessageBatch): void {
  batch.retryAll(LATER);
}

/**
 * Handles a batch and decides on each message by itself, as soon as it is handled: should Cloudflare end the
 * Worker before its time, only what was not yet handled comes back. Dead letters are sent together at the end.
 */
export async function handleBatch(
  { messages }: MessageBatch,
  queue: PushedQueue,
  report: (error: AlienError) => void,
): Promise<void> {
  const { clock, random, binding } = queue;
  const deadline = clock.now() + workerCapabilities.leaseMaxMs;
  const dying: Dying[] = [];
  await Promise.all(
    messages.map(async (message) => {
      const [settlement] = await queue.deliver([deliveryOf(message)], { deadline });
      if (settlement?.outcome.kind === "deadLetter") dying.push({ message, settlement });
      else settle(message, settlement?.outcome ?? RELEASE);
    }),
  );
  if (dying.length === 0) return;
  const { dead } = linksOf(readAddress(binding));
  const burial = new Burial({ queue: binding.queue, dead, clock });
  const buried = await retryItems(dying, (some) => bury(some, burial), { clock, random });
  for (const [index, { message }] of dying.entries()) {
    const result = buried[index];
    if (result?.ok) message.ack();
    else message.retry(LATER);
    if (result?.ok === false) report(result.error);
  }
}

interface Dying {
  readonly message: PushedMessage;
  readonly settlement: Settlement;
}

const RELEASE: Outcome = { kind: "release" };

function deliveryOf({ id, body, timestamp, attempts }: PushedMessage): Delivery {
  return toDelivery({ id, receipt: id, body, timestampMs: timestamp.getTime(), attempts });
}

/** The delay is always given: without one the queue's own default would count. */
function settle(message: PushedMessage, outcome: Outcome): void {
  if (outcome.kind === "ack") message.ack();
  else {
    const delayMs = outcome.kind === "retry" ? outcome.delayMs : 0;
    message.retry({ delaySeconds: toSeconds(delayMs) });
  }
}

async function bury(dying: readonly Dying[], burial: Burial): Promise<readonly SettleResult[]> {
  const refused = await burial.bury(dying.map(({ settlement }) => settlement));
  return refused.map((error) =>
    error === undefined ? { ok: true, applied: true } : { ok: false, error },
  );
}
