import type {
  Outgoing,
  QueueDriver,
  ReceiveOptions,
  Receiver,
  SendResult,
  Settlement,
} from "@alienplatform/bindings";
import { monotonic } from "../history.ts";
import type { Operation } from "./fault-plan.ts";
import type { Witness } from "./witness.ts";

/** A driver as it is, with a look at each of its answers: the errors are the right ones, and there is one for each item. */
export function tapped(driver: QueueDriver, witness: Witness): QueueDriver {
  return {
    capabilities: driver.capabilities,
    sizeOf: (message) => driver.sizeOf(message),
    send: (messages, signal) => sending(driver, witness, messages, signal),
    open: async (options) => receiving(await driver.open(options), witness, options),
    close: () => driver.close(),
  };
}

async function sending(
  driver: QueueDriver,
  witness: Witness,
  messages: readonly Outgoing[],
  signal: AbortSignal | undefined,
): Promise<readonly SendResult[]> {
  const from = monotonic();
  try {
    const results = await driver.send(messages, signal);
    counted(witness, "send", messages, results);
    for (const [index, result] of results.entries()) {
      if (result.ok && result.id !== messages[index]?.id) {
        witness.violations.push(`a send was answered with another id: ${result.id}`);
      }
      if (!result.ok) keep(witness, result.error, from, ["send"], signal);
    }
    return results;
  } catch (error) {
    keep(witness, error, from, ["send"], signal);
    throw error;
  }
}

function receiving(receiver: Receiver, witness: Witness, { leaseMs }: ReceiveOptions): Receiver {
  /** When the lease of a receipt ends, no sooner. */
  const leases = new Map<string, number>();
  return {
    async take(max, waitMs, signal) {
      const from = monotonic();
      try {
        const taken = await receiver.take(max, waitMs, signal);
        if (taken.length > max) witness.violations.push(`${taken.length} taken, ${max} at most`);
        const receipts = new Set(taken.map(({ receipt }) => receipt));
        if (receipts.size < taken.length)
          witness.violations.push("one delivery is in a take twice");
        for (const { receipt } of taken) leases.set(receipt, from + leaseMs);
        return taken;
      } catch (error) {
        keep(witness, error, from, ["receive", "settle"], signal);
        throw error;
      }
    },
    async settle(batch, signal) {
      const from = monotonic();
      const results = await receiver.settle(batch, signal).catch((error: unknown) => {
        // The call as a whole: the steps before the one that failed are done.
        witness.twice(batch.filter(inSteps).map(({ delivery }) => delivery.id));
        throw error;
      });
      counted(witness, "settle", batch, results);
      for (const [index, settlement] of batch.entries()) {
        const { delivery } = settlement;
        const result = results[index];
        const late = monotonic() > (leases.get(delivery.receipt) ?? from);
        // Steps that were done are done again, or too late.
        if (inSteps(settlement) && (late || !result?.ok)) witness.twice([delivery.id]);
        if (result === undefined || result.ok) continue;
        // By its receipt alone not every platform can settle: the process has forgotten what it received long ago.
        const forgotten = delivery.id === "" && result.error.code === "UNSUPPORTED";
        if (!forgotten) keep(witness, result.error, from, ["settle", "send"], signal);
      }
      return results;
    },
    async extend(deliveries, leaseMs, signal) {
      const from = monotonic();
      const results = await receiver.extend(deliveries, leaseMs, signal);
      counted(witness, "extend", deliveries, results);
      for (const result of results) {
        if (!result.ok) keep(witness, result.error, from, ["settle"], signal);
      }
      return results;
    },
    close: () => receiver.close(),
  };
}

/** Whether some platform needs more than one step for it: a copy, and only then an end to the original. */
function inSteps({ outcome }: Settlement): boolean {
  return outcome.kind !== "ack";
}

function counted(
  witness: Witness,
  verb: string,
  asked: readonly unknown[],
  answered: readonly unknown[],
): void {
  if (asked.length === answered.length) return;
  witness.violations.push(`${verb} of ${asked.length} items was answered ${answered.length} times`);
}

/** Kept for check-told.ts. Of a call that its caller gave up nothing is promised. */
function keep(
  witness: Witness,
  error: unknown,
  from: number,
  operations: readonly Operation[],
  signal: AbortSignal | undefined,
): void {
  if (!signal?.aborted) witness.told.push({ error, from, to: monotonic(), operations });
}
