import { damaged } from "../../store/damage.ts";
import { verified } from "../checksum.ts";
import { readU48 } from "../keys.ts";
import { type Fate, fate } from "./fate.ts";
import { type IdRun, idInRun, placeInRun } from "./id-runs.ts";

/*
 * Which jobs have ended of which nothing else is to be known, and when each did: those of a segment, or of some.
 *   u8 format, u8 flags, u48 ended at (the last), u48 base, u16 id runs, u16 end runs, u16 name runs;
 *   id runs: u16 count, u8 length, id; end runs: u16 count, u32 ms after the base;
 *   u8 fate for each message where any did not succeed; name runs: u16 count, u16 length, UTF-8; u32 checksum.
 * Of a thousand messages that one process sent and handled at once that is about fifty bytes.
 */
export const ENDED_FORMAT = 1;
export const ENDED_FATES = 1;
export const ENDED_HEAD = 20;

/** A message that is done with, and of which its record tells the rest. */
export interface EndedMessage {
  readonly id: string;
  readonly fate: Fate;
  readonly endedAt: number;
  readonly name?: string;
}

/** When the last of the row's messages ended, without reading the rest. */
export function endedAtOf(row: Buffer): number {
  return readU48(row, 2);
}

/** A row that EndedWriter made. */
export class EndedRow {
  readonly endedAt: number;
  readonly #base: number;
  readonly #row: Buffer;
  readonly #runs: IdRun[] = [];
  readonly #endsAt: number;
  readonly #fatesAt: number | undefined;
  readonly #namesAt: number;
  #count = 0;

  constructor(row: Buffer) {
    verified(row, "the record of ended jobs");
    if (row[0] !== ENDED_FORMAT) throw damaged("a record of ended jobs has another format");
    this.#row = row;
    this.endedAt = endedAtOf(row);
    this.#base = readU48(row, 8);
    let at = ENDED_HEAD;
    for (let runs = row.readUInt16BE(14); runs > 0; runs--) {
      const count = row.readUInt16BE(at);
      const end = at + 3 + row.readUInt8(at + 2);
      this.#runs.push({ first: row.toString("latin1", at + 3, end), count });
      this.#count += count;
      at = end;
    }
    this.#endsAt = at;
    at += row.readUInt16BE(16) * 6;
    this.#fatesAt = row[1] === ENDED_FATES ? at : undefined;
    this.#namesAt = this.#fatesAt === undefined ? at : at + this.#count;
  }

  /** Whether all of its messages succeeded. */
  get plain(): boolean {
    return this.#fatesAt === undefined;
  }

  find(id: string): EndedMessage | undefined {
    let from = 0;
    for (const run of this.#runs) {
      const place = placeInRun(run, id);
      if (place >= 0) return this.#message(id, from + place);
      from += run.count;
    }
    return undefined;
  }

  /** All of its messages, in the order in which they were put. */
  *messages(): Generator<EndedMessage> {
    let index = 0;
    for (const run of this.#runs) {
      for (let place = 0; place < run.count; place++) {
        yield this.#message(idInRun(run, place), index++);
      }
    }
  }

  #message(id: string, index: number): EndedMessage {
    const name = this.#nameOf(index);
    return {
      id,
      // The checksum says that EndedWriter wrote it.
      fate: (this.#fatesAt === undefined
        ? fate.succeeded
        : this.#row.readUInt8(this.#fatesAt + index)) as Fate,
      endedAt: this.#base + this.#endOf(index),
      ...(name !== "" && { name }),
    };
  }

  #endOf(index: number): number {
    let left = index;
    for (let at = this.#endsAt; ; at += 6) {
      const count = this.#row.readUInt16BE(at);
      if (left < count) return this.#row.readUInt32BE(at + 2);
      left -= count;
    }
  }

  #nameOf(index: number): string {
    let left = index;
    let at = this.#namesAt;
    for (let runs = this.#row.readUInt16BE(18); runs > 0; runs--) {
      const count = this.#row.readUInt16BE(at);
      const end = at + 4 + this.#row.readUInt16BE(at + 2);
      if (left < count) return this.#row.toString("utf8", at + 4, end);
      left -= count;
      at = end;
    }
    return "";
  }
}
