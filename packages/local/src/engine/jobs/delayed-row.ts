import { addChecksum, CHECKSUM_BYTES, verified } from "../checksum.ts";
import { readU48, writeU48 } from "../keys.ts";

/*
 * Where messages are that were delayed at send in one commit, which their ids do not tell.
 *   u8 format, u8 0, u48 ended at (when the last of them has ended whatever happens), u16 messages;
 *   for each u48 due, u48 serial, u8 length, id; u32 checksum.
 */
const FORMAT = 2;
const HEAD = 10;
const EACH = 13;

/** A delayed message and its row. */
export interface Delayed {
  readonly id: string;
  readonly due: number;
  readonly serial: number;
}

export function encodeDelayed(messages: readonly Delayed[], retentionMs: number): Buffer {
  const length = messages.reduce((sum, { id }) => sum + EACH + id.length, HEAD);
  const row = Buffer.allocUnsafe(length + CHECKSUM_BYTES);
  let last = 0;
  let at = HEAD;
  for (const { id, due, serial } of messages) {
    writeU48(row, due, at);
    writeU48(row, serial, at + 6);
    row[at + 12] = id.length;
    row.write(id, at + EACH, "latin1");
    at += EACH + id.length;
    if (due > last) last = due;
  }
  row[0] = FORMAT;
  row[1] = 0;
  writeU48(row, last + retentionMs, 2);
  row.writeUInt16BE(messages.length, 8);
  return addChecksum(row);
}

export function isDelayedRow(row: Buffer): boolean {
  return row[0] === FORMAT;
}

export function decodeDelayed(row: Buffer): readonly Delayed[] {
  verified(row, "the record of delayed jobs");
  const messages: Delayed[] = [];
  let at = HEAD;
  for (let left = row.readUInt16BE(8); left > 0; left--) {
    const end = at + EACH + row.readUInt8(at + 12);
    messages.push({
      id: row.toString("latin1", at + EACH, end),
      due: readU48(row, at),
      serial: readU48(row, at + 6),
    });
    at = end;
  }
  return messages;
}
