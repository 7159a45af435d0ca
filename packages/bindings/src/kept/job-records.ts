import { AlienError } from "@alienplatform/core";
import type { Clock } from "../clock.ts";
import type { QueueOptions } from "../queue/binding.ts";
import type { QueueCapabilities } from "../queue/driver.ts";
import type { StateTable, TableItem, TableKey } from "../table/state-table.ts";
import { jobChanged } from "./job-bell.ts";
import { isEnded, type JobRecord, statusAt } from "./job-record.ts";

/** Writers of one record are few: its receiver, an operator. */
const MOST_TRIES = 8;
const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
const DIGITS = /^[0-9a-hjkmnp-tv-z]{1,64}$/;
const PAGE = 100;

export interface JobRecordsOptions {
  readonly table: StateTable;
  readonly queue: string;
  /** How long a record is kept after its end. */
  readonly resultsMs: number;
  /** How long messages are kept that nobody takes, and dead letters. */
  readonly retentionMs: number;
  readonly deadMs: number;
  readonly clock: Clock;
}

/** A record as it stands in the table. */
export interface StoredJob {
  readonly record: JobRecord;
  readonly version: string;
}

/** What a change makes of a record; undefined leaves it as it is. */
export type JobChange = (record: JobRecord | undefined) => JobRecord | undefined;

/** The records of one queue's jobs, the newest first by their ids. */
export class JobRecords {
  readonly #given: JobRecordsOptions;

  constructor(given: JobRecordsOptions) {
    this.#given = given;
  }

  get partition(): string {
    return `job/${this.#given.queue}`;
  }

  /** As it was written: what time has done to it since is not in it. */
  async read(id: string): Promise<StoredJob | undefined> {
    const item = await this.#given.table.get(this.#key(id));
    return item && { record: recordOf(item), version: item.version };
  }

  /** As it stands now; undefined where there is none. */
  async get(id: string): Promise<JobRecord | undefined> {
    const stored = await this.read(id);
    if (stored === undefined) return undefined;
    const purgedAt = isEnded(stored.record) ? undefined : await this.purgedAt();
    return this.#now(stored.record, purgedAt);
  }

  /** All after an id, page by page, as they stand now. */
  async *after(id: string | undefined): AsyncGenerator<JobRecord> {
    const { table } = this.#given;
    const purgedAt = await this.purgedAt();
    for (let after = id === undefined ? undefined : sortOf(id); ; ) {
      const page = after === undefined ? { limit: PAGE } : { limit: PAGE, after };
      const items = await table.list(this.partition, page);
      for (const item of items) yield this.#now(recordOf(item), purgedAt);
      after = items.at(-1)?.sort;
      if (items.length < PAGE) return;
    }
  }

  /**
   * Writes what `change` makes of the record, again where somebody else has written meanwhile: it must make nothing
   * more of what it has made. Answers the record that is there at the end. `known` saves a read where it is still true.
   */
  async change(
    id: string,
    change: JobChange,
    known?: StoredJob | "none",
  ): Promise<StoredJob | undefined> {
    let stored = known === "none" ? undefined : (known ?? (await this.read(id)));
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const next = change(stored?.record);
      if (next === undefined) return stored;
      const version = await this.#given.table.put(this.#item(next), stored?.version);
      if (version !== undefined) {
        jobChanged(this.partition, id);
        return { record: next, version };
      }
      stored = await this.read(id);
    }
    throw contended(this.#given.queue, id);
  }

  async remove(id: string, { version }: StoredJob): Promise<void> {
    await this.#given.table.delete(this.#key(id), version);
  }

  /** When the queue was purged last. */
  async purgedAt(): Promise<number | undefined> {
    const item = await this.#given.table.get(this.#purgeKey());
    return item === undefined ? undefined : Number(item.value);
  }

  /** All that waited at this time is purged; one item says so of all. */
  async purged(at: number): Promise<void> {
    const { table, retentionMs, resultsMs } = this.#given;
    const known = await table.get(this.#purgeKey());
    // A later purge says it of these too.
    if (known !== undefined && Number(known.value) >= at) return;
    const expiresAt = at + retentionMs + resultsMs;
    const item = { ...this.#purgeKey(), value: String(at), expiresAt };
    // Where another purge was faster, it says the same.
    await table.put(item, known?.version);
    jobChanged(this.partition);
  }

  #now(record: JobRecord, purgedAt: number | undefined): JobRecord {
    const { clock, retentionMs, deadMs } = this.#given;
    return statusAt(record, { now: clock.now(), retentionMs, deadMs, purgedAt });
  }

  #item(record: JobRecord): Omit<TableItem, "version"> {
    const { resultsMs, retentionMs, deadMs } = this.#given;
    const { status, endedAt = 0, dueAt, run, forwarded } = record;
    const lives = Math.max(dueAt, run?.until ?? 0) + retentionMs;
    const letter = status === "DEAD" && forwarded !== true ? deadMs : 0;
    // One that was cancelled is still in its queue, and is known by its record when it comes.
    const ended = status === "CANCELLED" ? Math.max(endedAt, lives) : endedAt + letter;
    const ends = isEnded(record) ? ended : lives;
    const value = JSON.stringify(record);
    return { ...this.#key(record.id), value, expiresAt: ends + resultsMs };
  }

  #key(id: string): TableKey {
    return { partition: this.partition, sort: sortOf(id) };
  }

  #purgeKey(): TableKey {
    return { partition: `purge/${this.#given.queue}`, sort: "last" };
  }
}

/** The records of a queue; undefined where it keeps none. */
export function jobRecordsOf(
  table: StateTable,
  { retention }: Pick<QueueCapabilities, "retention">,
  given: { readonly queue: string; readonly options: QueueOptions; readonly clock: Clock },
): JobRecords | undefined {
  const { queue, options, clock } = given;
  const { resultsMs, retentionMs } = options;
  if (resultsMs === undefined) return undefined;
  return new JobRecords({
    table,
    queue,
    resultsMs,
    retentionMs,
    deadMs: retention.maxMs,
    clock,
  });
}

/** Inverted, so that the newest comes first; what is no id of ours comes after all. */
function sortOf(id: string): string {
  if (!DIGITS.test(id)) return `~${encodeURIComponent(id).slice(0, 190)}`;
  return Array.from(id, (digit) => ALPHABET.charAt(31 - ALPHABET.indexOf(digit))).join("");
}

function recordOf({ value }: TableItem): JobRecord {
  // Only this class writes to its partition.
  return JSON.parse(value) as JobRecord;
}

function contended(queue: string, id: string): AlienError {
  const text = `the record of job ${id} of queue "${queue}" was written by others ${MOST_TRIES} times meanwhile`;
  return new AlienError("SERVICE_UNAVAILABLE", text, {
    fix: "Call again.",
    retryable: true,
    details: { queue, id },
  });
}
