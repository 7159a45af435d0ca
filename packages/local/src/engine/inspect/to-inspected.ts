import type { DeadLetter } from "@alienplatform/bindings";
import type { InspectedMessage } from "@alienplatform/bindings/operate";
import { sourceOf } from "../delivery.ts";
import { attemptsOf } from "../jobs/attempts.ts";
import type { FoundJob, Loan } from "../jobs/job-finder.ts";
import type { Lane } from "../lane.ts";
import { keptOf, type Loose } from "../loose-row.ts";
import { decodeRecord, recordMeta } from "../record.ts";

/** A message as people see it, from wherever it was found; undefined where it is over. */
export function toInspected(
  found: FoundJob,
  now: number,
  lane: (priority: number) => Lane,
): InspectedMessage | undefined {
  switch (found.where) {
    case "segment": {
      const { bytes, at } = found.record;
      if (found.loan !== undefined) return inspectedLoan(found.loan, lane);
      return inRecord(bytes, at, { state: "ready", attempts: 0 });
    }
    case "loose":
      if (found.loan !== undefined) return inspectedLoan(found.loan, lane);
      return inspectedLoose(found.loose, now);
    case "dead":
      return inspectedDead(found.letter);
    case "ended":
    case "past":
      return undefined;
  }
}

/** One that was never received. */
export function inspectedReady(bytes: Buffer, at: number): InspectedMessage {
  return inRecord(bytes, at, { state: "ready", attempts: 0 });
}

/** One that is delayed, waits for its retry, or came back and is ready. */
export function inspectedLoose(loose: Loose, now: number): InspectedMessage {
  const { row, at, due, attempts } = loose;
  const kept = keptOf(loose);
  return due <= now
    ? inRecord(row, at, { state: "ready", attempts }, kept)
    : inRecord(row, at, { state: "delayed", attempts, dueAt: due }, kept);
}

export function inspectedLoan(
  { lease, entry }: Loan,
  lane: (priority: number) => Lane,
): InspectedMessage {
  const { bytes, at, attempts, kept } = sourceOf(lease, entry, lane);
  const leaseEndsAt = lease.untilOf(entry);
  return inRecord(bytes, at, { state: "inFlight", attempts: attempts + 1, leaseEndsAt }, kept);
}

function inspectedDead({ source: _, error, ...letter }: DeadLetter): InspectedMessage {
  return { ...letter, state: "dead", lastError: error };
}

function inRecord(
  bytes: Buffer,
  at: number,
  how: Pick<InspectedMessage, "state" | "attempts" | "dueAt" | "leaseEndsAt">,
  kept?: Buffer,
): InspectedMessage {
  const { key, limit } = recordMeta(bytes, at);
  const { attempts: history, lastError } = attemptsOf(bytes, at, kept);
  return {
    ...decodeRecord(bytes, at),
    ...how,
    history,
    ...(lastError !== undefined && { lastError }),
    ...(key !== undefined && limit !== undefined && { concurrency: { key, limit } }),
  };
}
