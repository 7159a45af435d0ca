/** First byte of every key; docs/design/local-engine.md describes the rows. */
export const table = {
  store: 0x00,
  segment: 0x01,
  done: 0x02,
  lease: 0x03,
  loose: 0x04,
  dead: 0x05,
  claim: 0x06,
  meta: 0x07,
  queue: 0x08,
  session: 0x09,
  deadId: 0x0b,
  clearing: 0x0c,
  claimBucket: 0x0d,
  control: 0x0e,
  jobGroup: 0x14,
  job: 0x15,
} as const;

/** Rows of the whole store, under table.store. */
export const storeRow = {
  format: Buffer.from([table.store, 0]),
  term: Buffer.from([table.store, 1]),
  commits: Buffer.from([table.store, 2]),
  ahead: Buffer.from([table.store, 3]),
} as const;

/** Writes the 48 bits of `value` at `at`. */
export function writeU48(target: Buffer, value: number, at: number): void {
  const high = Math.floor(value / 0x1_0000_0000);
  const low = value >>> 0;
  target[at] = high >>> 8;
  target[at + 1] = high;
  target[at + 2] = low >>> 24;
  target[at + 3] = low >>> 16;
  target[at + 4] = low >>> 8;
  target[at + 5] = low;
}

export function readU48(source: Buffer, at: number): number {
  return source.readUIntBE(at, 6);
}

function prefix(first: number, queue: number, length: number): Buffer {
  const key = Buffer.allocUnsafe(length);
  key[0] = first;
  key[1] = queue >>> 24;
  key[2] = queue >>> 16;
  key[3] = queue >>> 8;
  key[4] = queue;
  return key;
}

export function segmentKey(queue: number, lane: number, segment: number): Buffer {
  const key = prefix(table.segment, queue, 12);
  key[5] = lane;
  writeU48(key, segment, 6);
  return key;
}

export function doneKey(queue: number, lane: number, segment: number): Buffer {
  const key = prefix(table.done, queue, 12);
  key[5] = lane;
  writeU48(key, segment, 6);
  return key;
}

/** Lane and segment of a key made by segmentKey or doneKey. */
export function readSegmentKey(key: Buffer): { readonly lane: number; readonly segment: number } {
  return { lane: key.readUInt8(5), segment: readU48(key, 6) };
}

export function leaseKey(queue: number, lease: number): Buffer {
  const key = prefix(table.lease, queue, 11);
  writeU48(key, lease, 5);
  return key;
}

/** Sorts by when the message becomes due; `serial` tells apart what is due at once. */
export function looseKey(queue: number, due: number, serial: number): Buffer {
  const key = prefix(table.loose, queue, 17);
  writeU48(key, due, 5);
  writeU48(key, serial, 11);
  return key;
}

export function readLooseKey(key: Buffer): { readonly due: number; readonly serial: number } {
  return { due: readU48(key, 5), serial: readU48(key, 11) };
}

export function deadKey(queue: number, dead: number): Buffer {
  const key = prefix(table.dead, queue, 11);
  writeU48(key, dead, 5);
  return key;
}

/** Ids are not unique among dead letters (a send repeated after a lost answer), so the number follows the id. */
export function deadIdKey(queue: number, id: string, dead: number): Buffer {
  const key = prefix(table.deadId, queue, 12 + id.length);
  key.write(id, 5, "latin1");
  key[5 + id.length] = 0;
  writeU48(key, dead, 6 + id.length);
  return key;
}

/** Jobs that were stored together, by when: what a segment has left, or what was delayed in one commit. */
export function jobGroupKey(queue: number, at: number, lane: number, number: number): Buffer {
  const key = prefix(table.jobGroup, queue, 18);
  writeU48(key, at, 5);
  key[11] = lane;
  writeU48(key, number, 12);
  return key;
}

export function readJobGroupKey(key: Buffer): {
  readonly at: number;
  readonly lane: number;
  readonly number: number;
} {
  return { at: readU48(key, 5), lane: key.readUInt8(11), number: readU48(key, 12) };
}

/** What is known of one job beyond the rows of its message. */
export function jobKey(queue: number, id: string): Buffer {
  return idKey(table.job, queue, id);
}

export function readJobKey(key: Buffer): string {
  return key.toString("latin1", 5);
}

/** The id in a deadId key. */
export function readDeadId(key: Buffer): string {
  return key.toString("latin1", 5, key.length - 7);
}

/** Before all rows of a table that are about this id, and after those about lesser ones. */
export function idKey(first: number, queue: number, id: string): Buffer {
  const key = prefix(first, queue, 5 + id.length);
  key.write(id, 5, "latin1");
  return key;
}

/** The number at the end of a lease, dead or deadId key. */
export function lastU48(key: Buffer): number {
  return readU48(key, key.length - 6);
}

export function metaKey(queue: number): Buffer {
  return prefix(table.meta, queue, 5);
}

export function controlKey(queue: number): Buffer {
  return prefix(table.control, queue, 5);
}

/** From this segment on, up to that in the value, a purge left rows to be cleared. */
export function clearingKey(queue: number, lane: number, segment: number): Buffer {
  const key = segmentKey(queue, lane, segment);
  key[0] = table.clearing;
  return key;
}

/** Up to which segment; and when, where the jobs among them are to be kept as cancelled. */
export function clearingValue(
  queue: number,
  lane: number,
  end: number,
  at: number | undefined,
): Buffer {
  const to = segmentKey(queue, lane, end);
  if (at === undefined) return to;
  const time = Buffer.allocUnsafe(6);
  writeU48(time, at, 0);
  return Buffer.concat([to, time]);
}

export function readClearingValue(value: Buffer): { readonly end: number; readonly at?: number } {
  const { segment: end } = readSegmentKey(value);
  return { end, ...(value.length > 12 && { at: readU48(value, 12) }) };
}

/** The bucket as such: that it has rows. */
export function claimBucketKey(queue: number, bucket: number): Buffer {
  const key = prefix(table.claimBucket, queue, 9);
  key.writeUInt32BE(bucket, 5);
  return key;
}

/** An idempotency key by its fingerprint; with an empty one, where its bucket begins. */
export function claimKey(queue: number, bucket: number, fingerprint: string): Buffer {
  const key = prefix(table.claim, queue, 9 + fingerprint.length);
  key.writeUInt32BE(bucket, 5);
  key.write(fingerprint, 9, "latin1");
  return key;
}

export function nameKey(first: number, name: string): Buffer {
  return Buffer.concat([Buffer.from([first]), Buffer.from(name, "latin1")]);
}

/** All rows of one queue in a table. */
export function queueRange(first: number, queue: number): { gte: Buffer; lt: Buffer } {
  return { gte: prefix(first, queue, 5), lt: prefix(first, queue + 1, 5) };
}

/** All rows of a table. */
export function tableRange(first: number): { gte: Buffer; lt: Buffer } {
  return { gte: Buffer.from([first]), lt: Buffer.from([first + 1]) };
}
