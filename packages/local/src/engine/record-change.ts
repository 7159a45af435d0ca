import type { Headers } from "@alienplatform/bindings";
import { flag, metaStart, type RecordMeta, recordLength, recordMeta } from "./record.ts";

export interface RecordChange {
  /** Undefined takes a field away. */
  readonly meta?: { readonly [Name in keyof RecordMeta]?: RecordMeta[Name] | undefined };
  readonly body?: { readonly text: string; readonly kind: Headers["kind"] };
}

/** A copy of a record with some of its rarer fields, or its body, replaced; everything else is as it was. */
export function changedRecord(source: Buffer, at: number, { meta, body }: RecordChange): Buffer {
  const head = source.subarray(at, metaStart(source, at));
  const { key, limit, group, ...rest } = { ...recordMeta(source, at), ...meta };
  // A key is the first and a group the last, see recordKey and recordGroup.
  const json = JSON.stringify({ key, limit, ...rest, group });
  const rare = Buffer.from(json === "{}" ? "" : json);
  const bytes = body === undefined ? bodyBytes(source, at) : Buffer.from(body.text);
  let flags = source.readUInt8(at + 4) & ~flag.meta;
  if (body !== undefined) {
    flags =
      (body.kind === "json" ? flag.json : 0) | (bytes.length === body.text.length ? flag.ascii : 0);
  }
  const length = Buffer.allocUnsafe(rare.length === 0 ? 0 : 4);
  if (rare.length > 0) {
    flags |= flag.meta;
    length.writeUInt32BE(rare.length);
  }
  const record = Buffer.concat([head, length, rare, bytes]);
  record.writeUInt32BE(record.length, 0);
  record[4] = flags;
  return record;
}

function bodyBytes(source: Buffer, at: number): Buffer {
  let start = metaStart(source, at);
  if ((source.readUInt8(at + 4) & flag.meta) !== 0) start += 4 + source.readUInt32BE(start);
  return source.subarray(start, at + recordLength(source, at));
}
