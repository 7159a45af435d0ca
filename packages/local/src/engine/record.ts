import type { Headers, Outgoing } from "@alienplatform/bindings";
import { readU48, writeU48 } from "./keys.ts";

/*
 * One message as stored, in segments and in rows of its own:
 *   u32 length of the whole, u8 flags, u8 priority, u8 length of the id, u48 sentAt,
 *   id (latin1), [u32 length + JSON of the rarer fields], body to the end.
 */
const flag = { json: 1, meta: 2, ascii: 4 } as const;
const HEAD = 13;

/** The fields most messages do not have. */
interface Meta {
  readonly attributes?: Readonly<Record<string, string>>;
  readonly job?: string;
  readonly maxAttempts?: number;
  readonly trace?: Headers["trace"];
  readonly group?: string;
}

const plainJson: Headers = Object.freeze({ kind: "json" });
const plainText: Headers = Object.freeze({ kind: "text" });

function metaOf(message: Outgoing): string {
  const { attributes, job, maxAttempts, trace } = message.headers;
  if (
    attributes === undefined &&
    job === undefined &&
    maxAttempts === undefined &&
    trace === undefined &&
    message.group === undefined
  ) {
    return "";
  }
  const meta: Meta = {
    ...(attributes && { attributes }),
    ...(job !== undefined && { job }),
    ...(maxAttempts !== undefined && { maxAttempts }),
    ...(trace && { trace }),
    ...(message.group !== undefined && { group: message.group }),
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

export function recordId(source: Buffer, at: number): string {
  return source.toString("latin1", at + HEAD, at + HEAD + source.readUInt8(at + 6));
}

export function recordSentAt(source: Buffer, at: number): number {
  return readU48(source, at + 7);
}

export function recordPriority(source: Buffer, at: number): number {
  return source.readUInt8(at + 5);
}

function metaStart(source: Buffer, at: number): number {
  return at + HEAD + source.readUInt8(at + 6);
}

export function recordMeta(source: Buffer, at: number): Meta {
  if ((source.readUInt8(at + 4) & flag.meta) === 0) return {};
  const start = metaStart(source, at);
  // The checksum of the row says that this is what encodeRecord wrote.
  return JSON.parse(
    source.toString("utf8", start + 4, start + 4 + source.readUInt32BE(start)),
  ) as Meta;
}

export function recordBody(source: Buffer, at: number): string {
  const flags = source.readUInt8(at + 4);
  const end = at + source.readUInt32BE(at);
  let start = metaStart(source, at);
  if ((flags & flag.meta) !== 0) start += 4 + source.readUInt32BE(start);
  return source.toString((flags & flag.ascii) !== 0 ? "latin1" : "utf8", start, end);
}

export function recordHeaders(source: Buffer, at: number): Headers {
  const flags = source.readUInt8(at + 4);
  const plain = (flags & flag.json) !== 0 ? plainJson : plainText;
  if ((flags & flag.meta) === 0) return plain;
  const { attributes, job, maxAttempts, trace } = recordMeta(source, at);
  return {
    kind: plain.kind,
    ...(attributes && { attributes }),
    ...(job !== undefined && { job }),
    ...(maxAttempts !== undefined && { maxAttempts }),
    ...(trace && { trace }),
  };
}

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
