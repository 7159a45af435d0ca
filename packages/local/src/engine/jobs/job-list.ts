import type { Job, JobQuery, JobStatus, JobsPage } from "@alienplatform/bindings";
import { ID_LENGTH } from "./id-time.ts";
import {
  amongDead,
  inGroups,
  inLane,
  inRows,
  onLoan,
  type Some,
  type StreamsParts,
  type Wanted,
} from "./job-streams.ts";

/** An answer goes through a socket: with large results a page has fewer jobs. */
const ANSWER_CHARACTERS = 4 * 1024 * 1024;
/** As many jobs as one call looks at for those of a status. */
const MOST_LOOKED_AT = 5_000;
/** Above every id. */
const TOP = "\uffff";

type Stream = AsyncIterator<Some> | Iterator<Some>;

/** One source of jobs and how far it has been read. */
interface Reading {
  readonly stream: Stream;
  below: string;
}

/** Lists jobs by falling id: merges the places where they are, and reads no more of each than a page needs. */
export class JobList {
  readonly #from: StreamsParts;

  constructor(from: StreamsParts) {
    this.#from = from;
  }

  /** All that there are, or as many as a page has. */
  async list(query: JobQuery): Promise<readonly Job[]> {
    return (await this.#page(query, Number.POSITIVE_INFINITY)).jobs;
  }

  /** The same, where a status is found only by looking at each: of so many as one call may look at, and where to go on. */
  page(query: JobQuery): Promise<JobsPage> {
    return this.#page(
      query,
      query.status === undefined ? Number.POSITIVE_INFINITY : MOST_LOOKED_AT,
    );
  }

  async #page({ status, limit, after }: JobQuery, most: number): Promise<JobsPage> {
    let seen = 0;
    const readings = this.#streams({ status, below: after }).map(
      (stream): Reading => ({ stream, below: TOP }),
    );
    const found = new Map<string, Job>();
    for (;;) {
      const next = readings.reduce((a, b) => (b.below > a.below ? b : a));
      const sure = next.below;
      if (sure === "" || atLeast(found, sure) >= limit) return cut(found, sure, limit);
      // Only once it is further than the page before: else nobody would ever come to the end.
      if (seen >= most && placeOf(sure) < (after ?? TOP)) return cut(found, sure, limit);
      const { value, done } = await next.stream.next();
      if (done === true) {
        next.below = "";
        continue;
      }
      // Clocks step back: a source must still come to its end.
      if (value.below < next.below) next.below = value.below;
      seen += Math.max(1, value.jobs.length);
      for (const job of value.jobs) {
        if (status !== undefined && job.status !== status) continue;
        if ((after === undefined || job.id < after) && this.#counts(job)) add(found, job);
      }
      if (found.size > limit * 4 + 4096) trim(found, limit);
    }
  }

  #streams(wanted: Wanted): readonly Stream[] {
    const { status } = wanted;
    const { parts } = this.#from;
    if (status === "DEAD") return [amongDead(this.#from, wanted), inRows(this.#from, wanted)];
    if (status === "RUNNING") return [onLoan(this.#from)];
    return [
      ...(status === undefined ? [amongDead(this.#from, wanted)] : []),
      onLoan(this.#from),
      ...parts.lanes().map((lane) => inLane(this.#from, lane, wanted)),
      inGroups(this.#from, wanted),
      inRows(this.#from, wanted),
    ];
  }

  /** The time of an ended one is not over; a dead letter has none. */
  #counts({ endedAt, status }: Job): boolean {
    const { parts } = this.#from;
    if (endedAt === undefined || (status === "DEAD" && parts.deadLetterQueue() === undefined)) {
      return true;
    }
    return endedAt + (parts.spec().resultsMs ?? 0) > parts.clock.now();
  }
}

const LIVE: ReadonlySet<JobStatus> = new Set(["PENDING", "RUNNING"]);

/** Met in two places, because it moved meanwhile or has a result: the one that tells more counts. */
function add(found: Map<string, Job>, job: Job): void {
  const known = found.get(job.id);
  if (known === undefined || (LIVE.has(known.status) && !LIVE.has(job.status))) {
    found.set(job.id, job);
  } else if (job.result !== undefined) found.set(job.id, job);
}

function atLeast(found: ReadonlyMap<string, Job>, id: string): number {
  let count = 0;
  for (const known of found.keys()) if (known >= id) count++;
  return count;
}

function sorted(found: ReadonlyMap<string, Job>): readonly Job[] {
  return [...found.values()].sort((a, b) => (a.id < b.id ? 1 : -1));
}

/** Only the first are of interest. */
function trim(found: Map<string, Job>, limit: number): void {
  for (const { id } of sorted(found).slice(limit)) found.delete(id);
}

/** The first of those of which no other can come before; the next page begins behind the last, or behind what was looked at. */
function cut(found: ReadonlyMap<string, Job>, sure: string, limit: number): JobsPage {
  const all = sorted(found).filter(({ id }) => id >= sure);
  const jobs = small(all.slice(0, limit));
  if (jobs.length < all.length || jobs.length === limit) return { jobs, next: jobs.at(-1)?.id };
  return { jobs, next: sure === "" ? undefined : placeOf(sure) };
}

/** An id that sorts as what ids begin with. */
function placeOf(sure: string): string {
  return sure.padEnd(ID_LENGTH, "0");
}

/** As many as an answer takes. */
function small(jobs: readonly Job[]): readonly Job[] {
  let characters = 0;
  const end = jobs.findIndex((job, place) => {
    characters += (job.result?.length ?? 0) + 512;
    return place > 0 && characters > ANSWER_CHARACTERS;
  });
  return end < 0 ? jobs : jobs.slice(0, end);
}
