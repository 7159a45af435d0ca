import type { Attempt, Failure, JobStatus } from "@alienplatform/bindings";
import { damaged } from "../../store/damage.ts";
import { addChecksum, CHECKSUM_BYTES, verified } from "../checksum.ts";
import { readU48, writeU48 } from "../keys.ts";

/*
 * What is known of one job beyond the rows of its message.
 *   u8 1, u48 made at, u8 lane, u48 segment: it is in a segment that its id does not lead to
 *   u8 2, u48 due, u48 serial:               it is in a row of its own
 *   u8 3, u48 ended at, u32 length + JSON, result to the end: it has ended
 * and a u32 checksum.
 */
const kind = { segment: 1, loose: 2, ended: 3 } as const;
const PLACE_BYTES = 14;
const HEAD = 11;

export interface SegmentPlace {
  readonly madeAt: number;
  readonly lane: number;
  readonly segment: number;
}

export interface LoosePlace {
  readonly due: number;
  readonly serial: number;
}

/** What became of a job that neither its dead letter nor its segment tells. */
export interface EndedJob {
  readonly status: JobStatus;
  readonly endedAt: number;
  readonly sentAt: number;
  readonly attempts: readonly Attempt[];
  readonly lastError?: Failure;
  readonly name?: string;
  /** JSON text, kept as it came. */
  readonly result?: string;
}

export type JobRow = SegmentPlace | LoosePlace | EndedJob;

export function encodeJob(job: JobRow): Buffer {
  if ("status" in job) return encodeEndedJob(job);
  const row = Buffer.allocUnsafe(PLACE_BYTES + CHECKSUM_BYTES);
  if ("segment" in job) {
    row[0] = kind.segment;
    writeU48(row, job.madeAt, 1);
    row[7] = job.lane;
    writeU48(row, job.segment, 8);
  } else {
    row[0] = kind.loose;
    writeU48(row, job.due, 1);
    row[7] = 0;
    writeU48(row, job.serial, 8);
  }
  return addChecksum(row);
}

function encodeEndedJob({ endedAt, result, ...rest }: EndedJob): Buffer {
  const json = Buffer.from(JSON.stringify(rest));
  const bytes = result === undefined ? 0 : Buffer.byteLength(result);
  const row = Buffer.allocUnsafe(HEAD + json.length + bytes + CHECKSUM_BYTES);
  row[0] = kind.ended;
  writeU48(row, endedAt, 1);
  row.writeUInt32BE(json.length, 7);
  json.copy(row, HEAD);
  if (result !== undefined) row.write(result, HEAD + json.length);
  return addChecksum(row);
}

export function decodeJob(row: Buffer): JobRow {
  verified(row, "the record of a job");
  switch (row[0]) {
    case kind.segment:
      return { madeAt: readU48(row, 1), lane: row.readUInt8(7), segment: readU48(row, 8) };
    case kind.loose:
      return { due: readU48(row, 1), serial: readU48(row, 8) };
    case kind.ended: {
      const end = HEAD + row.readUInt32BE(7);
      // Its checksum says that this is what encodeJob wrote.
      const rest = JSON.parse(row.toString("utf8", HEAD, end)) as Omit<
        EndedJob,
        "endedAt" | "result"
      >;
      const result = row.toString("utf8", end, row.length - CHECKSUM_BYTES);
      return { ...rest, endedAt: readU48(row, 1), ...(result !== "" && { result }) };
    }
    default:
      throw damaged("the record of a job has another format");
  }
}
