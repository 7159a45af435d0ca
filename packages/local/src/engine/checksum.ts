import { crc32 } from "node:zlib";
import { damaged } from "../store/damage.ts";

/** The last four bytes of every row but segments and bitmaps are a checksum of the rest. */
export const CHECKSUM_BYTES = 4;

export function addChecksum(row: Buffer): Buffer {
  const end = row.length - CHECKSUM_BYTES;
  row.writeUInt32BE(crc32(row.subarray(0, end)), end);
  return row;
}

/** Throws STORAGE_DAMAGED where the row is not what was written, else returns it. */
export function verified(row: Buffer, what: string): Buffer {
  const end = row.length - CHECKSUM_BYTES;
  if (end < 0 || crc32(row.subarray(0, end)) !== row.readUInt32BE(end)) {
    throw damaged(`${what} does not match its checksum`);
  }
  return row;
}
