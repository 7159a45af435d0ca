import type { Job, JobStatus } from "@alienplatform/bindings";
import type { Storage } from "../../store/storage.ts";
import {
  doneKey,
  idKey,
  jobGroupKey,
  looseKey,
  queueRange,
  readDeadId,
  readJobGroupKey,
  readJobKey,
  readSegmentKey,
  segmentKey,
  table,
} from "../keys.ts";
import type { Lane } from "../lane.ts";
import { entryState } from "../lease.ts";
import { parseLoose } from "../loose-row.ts";
import type { QueueParts } from "../parts.ts";
import { recordId } from "../record.ts";
import { madeAtOf, parseSegment, Segment } from "../segment.ts";
import { decodeDelayed, isDelayedRow } from "./delayed-row.ts";
import { EndedRow } from "./ended-row.ts";
import { fate } from "./fate.ts";
import { idsFrom, timeOfId } from "./id-time.ts";
import { REACH_MS, RECORD_REACH_MS } from "./job-book.ts";
import type { JobFinder } from "./job-finder.ts";
import { decodeJob } from "./job-row.ts";
import { endedJob, pastJob, toJob } from "./to-job.ts";

const ROWS = 64;
const SEGMENT_ROWS = 4;

/** Some jobs of one kind of place, and below which id the others of it are. */
export interface Some {
  readonly jobs: readonly Job[];
  readonly below: string;
}

export interface StreamsParts {
  readonly parts: QueueParts;
  readonly storage: Storage;
  readonly finder: JobFinder;
}

/** Which jobs are asked for. */
export interface Wanted {
  readonly status: JobStatus | undefined;
  /** Only lesser ids; undefined for all. */
  readonly below: string | undefined;
}

/** Reads rows from the end of a range to its beginning. */
async function* backwards(
  storage: Storage,
  range: { readonly gte: Buffer; readonly lt: Buffer },
  atOnce: number,
): AsyncGenerator<readonly (readonly [Buffer, Buffer])[]> {
  for (let { lt } = range; ; ) {
    const rows = await storage.rows({ gte: range.gte, lt, reverse: true }, atOnce);
    if (rows.length > 0) yield rows;
    const last = rows.at(-1)?.[0];
    if (last === undefined || rows.length < atOnce) return;
    lt = last;
  }
}

/** What is on loan, and what is done with in the segments that something is on loan from. */
export function* onLoan({ parts }: StreamsParts): Generator<Some> {
  const { name } = parts.spec();
  const jobs: Job[] = [];
  const seen = new Set<Segment>();
  for (const lease of parts.leases.openLeases()) {
    for (const [entry, place] of lease.places.entries()) {
      const index = lease.indexes[entry] ?? 0;
      const open = lease.states[entry] === entryState.open;
      if (!(place instanceof Segment)) {
        if (open) jobs.push(toJob(name, { where: "loose", loose: place, loan: { lease, entry } }));
        continue;
      }
      // The row of a segment that nothing is on loan from may be gone.
      if (!open) continue;
      const lane = parts.lane(place.lane);
      const bytes = lane.bytesOf(place);
      const record = { lane, segment: place, index, bytes, at: place.offset(index) };
      jobs.push(toJob(name, { where: "segment", record, loan: { lease, entry } }));
      if (!seen.has(place)) jobs.push(...doneIn(name, place, bytes));
      seen.add(place);
    }
  }
  yield { jobs, below: "" };
}

function doneIn(queue: string, segment: Segment, bytes: Buffer): readonly Job[] {
  const jobs: Job[] = [];
  for (let index = 0; index < segment.count; index++) {
    if (!segment.isDone(index)) continue;
    const message = segment.endOf(recordId(bytes, segment.offset(index)), index);
    if (message !== undefined && message.fate !== fate.moved) jobs.push(pastJob(queue, message));
  }
  return jobs;
}

/** What waits in the segments of a lane, and what is done with there. */
export async function* inLane(
  { parts, storage }: StreamsParts,
  lane: Lane,
  { status, below }: Wanted,
): AsyncGenerator<Some> {
  const { number: queue } = parts;
  const { name } = parts.spec();
  const { first, end, parks } = lane.span;
  const latest = below === undefined ? Number.NaN : timeOfId(below) + REACH_MS;
  const onlyEnded = status !== undefined && status !== "PENDING";
  const range = {
    gte: segmentKey(queue, lane.priority, first),
    lt: segmentKey(queue, lane.priority, onlyEnded ? Math.min(end, lane.lastDone + 1) : end),
  };
  for await (const rows of backwards(storage, range, SEGMENT_ROWS)) {
    for (const [key, bytes] of rows) {
      const { segment: number } = readSegmentKey(key);
      const rest = idsFrom(madeAtOf(bytes) + 1);
      if (madeAtOf(bytes) > latest) {
        yield { jobs: [], below: rest };
        continue;
      }
      const stored = parseSegment(lane.priority, number, bytes);
      const known = lane.inMemory(number);
      const done = known ?? (await storage.get(doneKey(queue, lane.priority, number)));
      if (Buffer.isBuffer(done)) stored.restore(done);
      const segment = known ?? stored;
      const jobs = [...doneIn(name, segment, bytes)];
      for (let index = 0; index < segment.count; index++) {
        const lent = parks ? segment.isLent(index) : lane.isBehind(number, index);
        if (lent || segment.isDone(index)) continue;
        const record = { lane, segment, index, bytes, at: stored.offset(index) };
        jobs.push(toJob(name, { where: "segment", record, loan: undefined }));
      }
      yield { jobs, below: rest };
    }
  }
}

/** What ended with its segment, and what was delayed at send. */
export async function* inGroups(
  { parts, storage }: StreamsParts,
  { status, below }: Wanted,
): AsyncGenerator<Some> {
  const { number: queue } = parts;
  const { name } = parts.spec();
  const latest = below === undefined ? Number.NaN : timeOfId(below);
  const range = queueRange(table.jobGroup, queue);
  if (!Number.isNaN(latest)) range.lt = jobGroupKey(queue, latest + RECORD_REACH_MS + 1, 0, 0);
  const onlyOdd = status === "FAILED" || status === "CANCELLED";
  for await (const rows of backwards(storage, range, ROWS)) {
    for (const [key, row] of rows) {
      const rest = idsFrom(readJobGroupKey(key).at + 1);
      const jobs: Job[] = [];
      if (isDelayedRow(row)) {
        if (status === undefined || status === "PENDING") {
          for (const { due, serial } of decodeDelayed(row)) {
            const loose = await storage.get(looseKey(queue, due, serial));
            if (loose === undefined || parts.loose.isLent(serial)) continue;
            const found = parseLoose(due, serial, loose);
            jobs.push(toJob(name, { where: "loose", loose: found, loan: undefined }));
          }
        }
      } else if (status !== "PENDING") {
        const ended = new EndedRow(row);
        if (!onlyOdd || !ended.plain) {
          for (const message of ended.messages()) jobs.push(pastJob(name, message));
        }
      }
      yield { jobs, below: rest };
    }
  }
}

/** What has a row of its own that is about the job. */
export async function* inRows(
  { parts, storage, finder }: StreamsParts,
  { below }: Wanted,
): AsyncGenerator<Some> {
  const { number: queue } = parts;
  const { name } = parts.spec();
  const range = queueRange(table.job, queue);
  if (below !== undefined) range.lt = idKey(table.job, queue, below);
  for await (const rows of backwards(storage, range, ROWS)) {
    for (const [key, row] of rows) {
      const id = readJobKey(key);
      const job = decodeJob(row);
      if ("status" in job) {
        yield { jobs: [endedJob(name, id, job)], below: id };
        continue;
      }
      const found = await finder.look(id);
      yield { jobs: found === undefined ? [] : [toJob(name, found)], below: id };
    }
  }
}

/** The dead letters. */
export async function* amongDead(
  { parts, storage }: StreamsParts,
  { below }: Wanted,
): AsyncGenerator<Some> {
  const { number: queue } = parts;
  const { name } = parts.spec();
  const range = queueRange(table.deadId, queue);
  if (below !== undefined) range.lt = idKey(table.deadId, queue, below);
  for await (const rows of backwards(storage, range, ROWS)) {
    for (const [key] of rows) {
      const id = readDeadId(key);
      const letter = (await parts.dead.find(id)).at(-1)?.letter;
      const jobs = letter === undefined ? [] : [toJob(name, { where: "dead", letter })];
      yield { jobs, below: id };
    }
  }
}
