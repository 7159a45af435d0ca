import { AlienError } from "@alienplatform/core";
import type { Clock } from "../clock.ts";
import type { QueueOptions } from "../queue/binding.ts";
import { overBudget } from "../queue/budget.ts";
import type { Delivery, Settlement } from "../queue/driver.ts";
import { toFailure } from "../queue/failure.ts";
import { endedRecord, isEnded, lapsed, pendingRecord, runningRecord } from "./job-record.ts";
import type { JobRecords, StoredJob } from "./job-records.ts";

/** One delivery of a job, from when it was handed over until it is settled. */
interface Run {
  readonly id: string;
  readonly token: string;
  until: number;
  stored: StoredJob | undefined;
  /** What was written about its end: a settlement that is repeated writes no more. */
  ended?: string;
}

export interface KeptRunsOptions {
  readonly records: JobRecords;
  /** Of the queue that dead letters go to, where that is declared. */
  readonly forwarded: JobRecords | undefined;
  readonly options: QueueOptions;
  readonly clock: Clock;
  readonly random: () => number;
}

/** What the records of a queue's jobs are told of its deliveries. */
export class KeptRuns {
  readonly #given: KeptRunsOptions;
  /** By receipt. */
  readonly #runs = new Map<string, Run>();

  constructor(given: KeptRunsOptions) {
    this.#given = given;
  }

  /** A delivery is to be handed over; false where it is not: an operator took it back, or it is done. */
  async begin(delivery: Delivery, until: number): Promise<boolean> {
    const { records, clock, random, options } = this.#given;
    const { id, receipt, attempt } = delivery;
    // A repeated admission goes on with the run that it had.
    const known = this.#runs.get(receipt);
    const startedAt = clock.now();
    const drawn = Math.floor(random() * 36 ** 8).toString(36);
    const token = known?.token ?? `${attempt}-${startedAt}-${drawn}`;
    // What was on loan at a purge comes back; all else the service has removed.
    const purgedAt = attempt > 1 ? await records.purgedAt() : undefined;
    const spent = overBudget(delivery, options) !== undefined;
    let wanted = true;
    const stored = await records.change(id, (record) => {
      wanted = true;
      if (record?.run?.token === token) return undefined;
      if (record?.status === "CANCELLED" || record?.status === "SUCCEEDED") {
        wanted = false;
        return undefined;
      }
      const waited = record !== undefined && !isEnded(record);
      if (waited && record.queuedAt <= (purgedAt ?? Number.NEGATIVE_INFINITY)) {
        wanted = false;
        return { ...lapsed(record), status: "CANCELLED", endedAt: purgedAt ?? startedAt };
      }
      // One that is too many is dead-lettered unseen.
      if (spent) return lapsed(record ?? pendingRecord(delivery, startedAt));
      return runningRecord(record, delivery, { token, number: attempt, startedAt, until });
    });
    this.#forgetOld(startedAt);
    if (wanted) this.#runs.set(receipt, { id, token: spent ? "" : token, until, stored });
    return wanted;
  }

  /** Writes down how a delivery ends, before it is settled; an error where that could not be written. */
  async ending({ delivery, outcome }: Settlement): Promise<AlienError | undefined> {
    const run = this.#runs.get(delivery.receipt);
    if (run === undefined || run.ended === outcome.kind) return undefined;
    const { records, forwarded, clock } = this.#given;
    try {
      const now = clock.now();
      const elsewhere = outcome.kind === "deadLetter" && forwarded !== undefined;
      if (elsewhere) await arrived(forwarded, delivery, now);
      run.stored = await records.change(
        run.id,
        (record) => {
          // Of a newer delivery, or gone: its lease ended before.
          if (record === undefined || (record.run?.token ?? "") !== run.token) return undefined;
          if (run.token === "" && record.status !== "PENDING") return undefined;
          return endedRecord(record, outcome, { now, forwarded: elsewhere });
        },
        run.stored,
      );
      run.ended = outcome.kind;
      return undefined;
    } catch (error) {
      return asAlienError(error);
    }
  }

  /** It is settled: nothing more is to come of it. */
  settled({ receipt }: Delivery): void {
    this.#runs.delete(receipt);
  }

  /** Its lease ends later. */
  async extended({ receipt }: Delivery, until: number): Promise<void> {
    const run = this.#runs.get(receipt);
    if (run === undefined || run.token === "") return;
    run.until = until;
    // By the ends of their leases, the earliest first.
    this.#runs.delete(receipt);
    this.#runs.set(receipt, run);
    run.stored = await this.#given.records.change(
      run.id,
      (record) => {
        if (record?.run === undefined || record.run.token !== run.token) return undefined;
        return record.run.until === until
          ? undefined
          : { ...record, run: { ...record.run, until } };
      },
      run.stored,
    );
  }

  /** What was never settled is no concern of anybody's when its lease has ended for long. */
  #forgetOld(now: number): void {
    const { leaseMs } = this.#given.options;
    for (const [receipt, { until }] of this.#runs) {
      if (until + leaseMs > now) return;
      this.#runs.delete(receipt);
    }
  }
}

/** A dead letter is a job of the queue that it goes to. */
async function arrived(records: JobRecords, delivery: Delivery, now: number): Promise<void> {
  const fresh = { ...pendingRecord(delivery, now), dueAt: now };
  await records.change(delivery.id, (record) => (record === undefined ? fresh : undefined), "none");
}

function asAlienError(error: unknown): AlienError {
  if (error instanceof AlienError) return error;
  const { message } = toFailure(error);
  return new AlienError("DRIVER_FAILED", `the record of a job could not be written: ${message}`, {
    cause: error,
  });
}
