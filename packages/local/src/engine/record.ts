import type { Attempt, Headers, Outgoing } from "@alienplatform/bindings";
import { readU48, writeU48 } from "./keys.ts";

/*
 * One message as stored, in segments and in rows of its own:
 *   u32 length of the whole, u8 flags, u8 priority, u8 length of the id, u48 sentAt,
 *   id (latin1), [u32 length + JSON of the rarer fields], body to the end.
 */
export const flag = { json: 1, meta: 2, ascii: 4 } as const;
const HEAD = 13;

/** The fields most messages do not have. */
export interface RecordMeta {
  readonly attributes?: Readonly<Record<string, string>>;
  readonly job?: string;
  readonly maxAttempts?: number;
  readonly trace?: Headers["trace"];
  readonly dead?: Headers["dead"];
  /** Of before it was redriven. */
  readonly earlier?: readonly Attempt[];
  readonly group?: string;
  /** Of the concurrency key: how many of it may be on loan beside this message. */
  readonly key?: string;
  readonly limit?: number;
}

const noMeta: RecordMeta = Object.freeze({});
/** What most have who have anything: a key, a group, or both. */
const ROUTING_ONLY = /^\{(?:"key":"([^"\\]+)","limit":(\d+))?(?:,?"group":"([^"\\]+)")?\}$/;

const plainJson: Headers = Object.freeze({ kind: "json" });
const plainText: Headers = Object.freeze({ kind: "text" });

function metaOf(message: Outgoing): string {
  const { attributes, job, maxAttempts, trace } = message.headers;
  const { group, concurrency } = message;
  if (
    attributes === undefined &&
    job === undefined &&
    maxAttempts === undefined &&
    trace === undefined
  ) {
    if (concurrency === undefined) {
      return group === undefined ? "" : `{"group":${JSON.stringify(group)}}`;
    }
  }
  const meta: RecordMeta = {
    // The first, see recordKey.
    ...(concurrency && { key: concurrency.key, limit: concurrency.limit }),
    ...(attributes && { attributes }),
    ...(job !== undefined && { job }),
    ...(maxAttempts !== undefined && { maxAttempts }),
    ...(trace && { trace }),
    // The last, see recordGroup.
    ...(group !== undefined && { group }),
  };
  return JSON.stringify(meta);
}

/** Room that a record certainly fits in; three bytes are the most that UTF-8 needs for a UTF-16 unit. */
export function recordRoom(message: Outgoing): number {
  const { id, body } = message;
  const bodyRoom = body.length < 16_384 ? body.length * 3 : Buffer.byteLength(body);
  return HEAD + id.length + 4 + metaOf(message).length * 3 + bodyRoom;
}

/** Writes one record at `at`, where at least recordRoom() bytes are free, and returns where it ends. */
export function encodeRecord(message: Outgoing, target: Buffer, at: number): number {
  const { id, body } = message;
  let flags = message.headers.kind === "json" ? flag.json : 0;
  target[at + 5] = message.priority ?? 0;
  target[at + 6] = id.length;
  writeU48(target, message.sentAt, at + 7);
  let end = at + HEAD + target.write(id, at + HEAD, "latin1");
  const meta = metaOf(message);
  if (meta !== "") {
    flags |= flag.meta;
    const length = target.write(meta, end + 4);
    target.writeUInt32BE(length, end);
    end += 4 + length;
  }
  const written = target.write(body, end);
  if (written === body.length) flags |= flag.ascii;
  end += written;
  target[at + 4] = flags;
  target.writeUInt32BE(end - at, at);
  return end;
}

/** A record in a buffer of its own. */
export function recordOf(message: Outgoing): Buffer {
  const target = Buffer.allocUnsafe(recordRoom(message));
  return Buffer.from(target.subarray(0, encodeRecord(message, target, 0)));
}

/** Of the record at a place in a buffer; like all below, it is read where it lies. */
export function recordLength(source: Buffer, at: number): number {
  return source.readUInt32BE(at);
}

/** Where its id is, and how long. */
export function recordIdAt(at: number): number {
  return at + HEAD;
}

export function recordIdLength(source: Buffer, at: number): number {
  return source[at + 6] ?? 0;
}

export function recordId(source: Buffer, at: number): string {
  return source.toString("latin1", at + HEAD, at + HEAD + source.readUInt8(at + 6));
}

export function recordSentAt(source: Buffer, at: number): number {
  return readU48(source, at + 7);
}

export function recordPriority(source: Buffer, at: number): number {
  return source.readUInt8(at + 5);
}

/** Where its rarer fields, or its body, begin. */
export function metaStart(source: Buffer, at: number): number {
  return at + HEAD + source.readUInt8(at + 6);
}

export function recordMeta(source: Buffer, at: number): RecordMeta {
  if ((source.readUInt8(at + 4) & flag.meta) === 0) return noMeta;
  const start = metaStart(source, at);
  const json = source.toString("utf8", start + 4, start + 4 + source.readUInt32BE(start));
  const routing = ROUTING_ONLY.exec(json);
  if (routing !== null) {
    const [, key, limit, group] = routing;
    return {
      ...(key !== undefined && { key, limit: Number(limit) }),
      ...(group !== undefined && { group }),
    };
  }
  // The checksum of the row says that this is what encodeRecord wrote.
  return JSON.parse(json) as RecordMeta;
}

export function recordBody(source: Buffer, at: number): string {
  const flags = source.readUInt8(at + 4);
  const end = at + source.readUInt32BE(at);
  let start = metaStart(source, at);
  if ((flags & flag.meta) !== 0) start += 4 + source.readUInt32BE(start);
  return source.toString((flags & flag.ascii) !== 0 ? "latin1" : "utf8", start, end);
}

export function recordHeaders(source: Buffer, at: number, meta?: RecordMeta): Headers {
  const flags = source.readUInt8(at + 4);
  const plain = (flags & flag.json) !== 0 ? plainJson : plainText;
  if ((flags & flag.meta) === 0) return plain;
  const { attributes, job, maxAttempts, trace, dead } = meta ?? recordMeta(source, at);
  if (attributes === undefined && job === undefined && maxAttempts === undefined && !trace && !dead)
    return plain;
  return {
    kind: plain.kind,
    ...(attributes && { attributes }),
    ...(job !== undefined && { job }),
    ...(maxAttempts !== undefined && { maxAttempts }),
    ...(trace && { trace }),
    ...(dead && { dead }),
  };
}

const GROUP = Buffer.from('"group":"');

/** Its FIFO group as a number of 52 bits, 0 where it has none; of the JSON as it stands, where the group comes last. */
export function recordGroup(source: Buffer, at: number): number {
  if ((source.readUInt8(at + 4) & flag.meta) === 0) return 0;
  const start = metaStart(source, at);
  const end = start + 4 + source.readUInt32BE(start) - 2;
  if (source[end] !== QUOTE) return 0;
  // Inside the text each quote has a backslash before it.
  let from = end;
  while (source[from - 1] !== QUOTE || source[from - 2] === BACKSLASH) from--;
  for (let byte = 1; byte <= GROUP.length; byte++) {
    if (source[from - byte] !== GROUP[GROUP.length - byte]) return 0;
  }
  return hashOf(source, from, end);
}

const KEY = Buffer.from('{"key":"');
const LIMIT = Buffer.from(',"limit":').length;

/** Where the text of the concurrency key starts, 0 where there is none. The key comes first in the JSON. */
function keyStart(source: Buffer, at: number): number {
  if ((source.readUInt8(at + 4) & flag.meta) === 0) return 0;
  const start = metaStart(source, at) + 4;
  for (let byte = 0; byte < KEY.length; byte++) if (source[start + byte] !== KEY[byte]) return 0;
  return start + KEY.length;
}

/** Where the quote after a text in JSON is. */
function endOfText(source: Buffer, from: number): number {
  let end = from;
  while (source[end] !== QUOTE) end += source[end] === BACKSLASH ? 2 : 1;
  return end;
}

/** Its concurrency key as a number of 52 bits, 0 where it has none. */
export function recordKey(source: Buffer, at: number): number {
  const from = keyStart(source, at);
  return from === 0 ? 0 : hashOf(source, from, endOfText(source, from));
}

/** How many of its concurrency key may be on loan when it is, itself included; only where it has one. */
export function recordLimit(source: Buffer, at: number): number {
  let digit = endOfText(source, keyStart(source, at)) + 1 + LIMIT;
  let limit = 0;
  for (let byte = source[digit] ?? 0; byte >= ZERO && byte <= ZERO + 9; byte = source[++digit] ?? 0)
    limit = limit * 10 + byte - ZERO;
  return limit;
}

/** Of text in UTF-8, 52 bits, never 0. */
function hashOf(source: Buffer, from: number, end: number): number {
  let high = 0x811c9dc5;
  let low = 0x9747b28c;
  for (let byte = from; byte < end; byte++) {
    high = Math.imul(high ^ (source[byte] ?? 0), 0x01000193);
    low = Math.imul(low ^ (source[byte] ?? 0), 0x5bd1e995);
    low ^= low >>> 15;
  }
  high ^= high >>> 15;
  return (high >>> 12) * 0x1_0000_0000 + (low >>> 0) || 1;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const ZERO = 0x30;

/** What a delivery, a peek and a dead letter have in common. */
export interface RecordFields {
  readonly id: string;
  readonly body: string;
  readonly headers: Headers;
  readonly sentAt: number;
  readonly group?: string;
  readonly priority?: number;
}

export function decodeRecord(source: Buffer, at: number): RecordFields {
  const priority = recordPriority(source, at);
  const group =
    (source.readUInt8(at + 4) & flag.meta) === 0 ? undefined : recordMeta(source, at).group;
  return {
    id: recordId(source, at),
    body: recordBody(source, at),
    headers: recordHeaders(source, at),
    sentAt: recordSentAt(source, at),
    ...(group !== undefined && { group }),
    ...(priority > 0 && { priority }),
  };
}
