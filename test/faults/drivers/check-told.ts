import { AlienError } from "@alienplatform/core";
import type { Fault } from "./fault-plan.ts";
import type { Met, Witness } from "./witness.ts";

/** What may be told of a call that met faults, and which of those it tells of; any for a lease, which may also end by itself. */
const meanings: Readonly<
  Record<string, { readonly retryable: boolean; readonly faults?: readonly Fault[] }>
> = {
  THROTTLED: { retryable: true, faults: ["throttle"] },
  SERVICE_UNAVAILABLE: {
    retryable: true,
    faults: ["unavailable", "unavailable after", "cut before", "cut after", "partial", "detach"],
  },
  RECEIPT_EXPIRED: { retryable: false },
};

/** How much later than its caller the wire may learn that a connection is gone. */
const NOTICE_MS = 1_000;

/** How long clients may go on to fail after a cut: that of gRPC waits before it connects again, that of AMQP for answers. */
const RECONNECT_MS = 30_000;

/** Every failure is one of ours, with the code of a fault that the call has met, a fix, and `retryable` as the code has it. */
export function checkTold({ told, faults }: Witness): readonly string[] {
  return told.flatMap((one) => {
    const { error, from, to, operations } = one;
    if (!(error instanceof AlienError)) return [`an error that is not ours: ${String(error)}`];
    const { code, retryable, message, fix } = error;
    const meaning = meanings[code];
    if (meaning === undefined) {
      return [`an error of the wrong kind: ${code} ${message}, since ${String(error.cause)}`];
    }
    if (fix === undefined) return [`${code} names no fix: ${message}`];
    if (meaning.retryable !== retryable) return [`${code} says retryable ${retryable}: ${message}`];
    const met = faults.some(
      (fault) =>
        operations.includes(fault.operation) &&
        fault.from < to + NOTICE_MS &&
        endOf(fault) >= from &&
        meaning.faults?.includes(fault.fault),
    );
    if (meaning.faults === undefined || met) return [];
    const cause = String(error.cause);
    return [`${code} of a ${operations[0]} that met no such fault: ${message}, since ${cause}`];
  });
}

function endOf({ fault, to = Number.POSITIVE_INFINITY }: Met): number {
  const connects = fault === "cut before" || fault === "cut after" || fault === "detach";
  return connects ? to + RECONNECT_MS : to;
}
