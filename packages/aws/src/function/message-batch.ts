import {
  type Clock,
  type Delivery,
  type PushedQueue,
  retryItems,
  type Settlement,
  type SettleResult,
} from "@alienplatform/bindings";
import type { AlienError } from "@alienplatform/core";
import { toDelivery } from "../queue/message.ts";
import { SqsSettler } from "../queue/settler.ts";
import { sqsQueueOf } from "../queue/sqs-queue.ts";
import { type SqsRecord, toMessage } from "./sqs-event.ts";

/** What is left for the answer itself: without one all of the batch comes back, what was handled too. */
const ANSWERING_MS = 200;

/**
 * Handles what Lambda took from one queue; answers the records that are to stay in it. Whatever could not be settled
 * stays: Lambda deletes the others.
 */
export async function handleBatch(
  records: readonly SqsRecord[],
  queue: PushedQueue,
  deadline: number,
  report: (error: AlienError) => void,
): Promise<readonly SqsRecord[]> {
  const { settler, fifo } = settling(queue);
  const { clock, binding } = queue;
  const origin = { queue: binding.queue, fifo, dead: false };
  const times = { receivedAt: clock.now() };
  const deliveries = records.map((record) => toDelivery(toMessage(record), origin, times));
  const settlements = await queue.deliver(deliveries, {
    deadline,
    extend: (delivery, leaseMs) => extend(settler, delivery, leaseMs),
  });
  const results = await settle(settlements, settler, queue, deadline);
  return records.filter((_record, index) => {
    const result = results[index];
    if (result?.ok === false) report(result.error);
    return stays(settlements[index], result);
  });
}

/** What a queue of this process is settled with. */
interface Settling {
  readonly settler: SqsSettler;
  readonly fifo: boolean;
}

const opened = new WeakMap<PushedQueue, Settling>();

/** Its connections are kept from one invocation to the next. */
function settling(queue: PushedQueue): Settling {
  const known = opened.get(queue);
  if (known !== undefined) return known;
  const sqs = sqsQueueOf(queue.binding);
  const made = { settler: new SqsSettler(sqs, queue.clock), fifo: sqs.fifo };
  opened.set(queue, made);
  return made;
}

async function extend(settler: SqsSettler, delivery: Delivery, leaseMs: number): Promise<void> {
  const [result] = await settler.extend([delivery], leaseMs);
  if (result?.ok === false) throw result.error;
}

/** One result per settlement, in order; undefined for what Lambda does, which is to delete what was handled. */
async function settle(
  settlements: readonly Settlement[],
  settler: SqsSettler,
  { clock, random }: PushedQueue,
  deadline: number,
): Promise<readonly (SettleResult | undefined)[]> {
  const ours = settlements.filter(({ outcome }) => outcome.kind !== "ack");
  if (ours.length === 0) return [];
  const late = abortAt(clock, deadline - ANSWERING_MS);
  const results = await retryItems(ours, (some, signal) => settler.settle(some, signal), {
    clock,
    random,
    signal: late.signal,
  });
  late.cancel();
  const settled = results.values();
  return settlements.map(({ outcome }) =>
    outcome.kind === "ack" ? undefined : settled.next().value,
  );
}

/** The one way for a message to leave its queue is to be handled, or to be safe among the dead letters. */
function stays(settlement: Settlement | undefined, result: SettleResult | undefined): boolean {
  switch (settlement?.outcome.kind) {
    case "ack":
      return false;
    case "deadLetter":
      return result?.ok !== true;
    default:
      return true;
  }
}

function abortAt(clock: Clock, time: number): { signal: AbortSignal; cancel: () => void } {
  const controller = new AbortController();
  const cancel = clock.schedule(Math.max(0, time - clock.now()), () => controller.abort());
  return { signal: controller.signal, cancel };
}
