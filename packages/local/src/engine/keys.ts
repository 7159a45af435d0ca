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
} as const;

/** Rows of the whole store, under table.store. */
export const storeRow = {
  format: Buffer.from([table.store, 0]),
  term: Buffer.from([table.store, 1]),
  commits: Buffer.from([table.store, 2]),
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

/** The number at the end of a lease, dead or deadId key. */
export function lastU48(key: Buffer): number {
  return readU48(key, key.length - 6);
}

export function metaKey(queue: number): Buffer {
  return prefix(table.meta, queue, 5);
}

/** From this segment on, up to the key in the value, a purge left rows to be cleared. */
export function clearingKey(queue: number, lane: number, segment: number): Buffer {
  const key = segmentKey(queue, lane, segment);
  key[0] = table.clearing;
  return key;
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
