import { fromPlainKey, plainKey, type TableItem, type TableKey } from "@alienplatform/bindings";

/** A binary property holds that many bytes; an item has up to four of them. */
const CHUNK_BYTES = 64 * 1024;
/** What never ends is over when no clock of a JavaScript program shows it. */
const NEVER = Number.MAX_SAFE_INTEGER;

/**
 * An item as the Table service keeps it. The value is bytes, since a text property holds 64 KiB of UTF-16 and no control
 * characters; keys are spelled plainly, since "/", "\", "#" and "?" are forbidden there and "%" is trouble in a URL.
 * https://learn.microsoft.com/en-us/rest/api/storageservices/understanding-the-table-service-data-model
 */
export function toEntity({ partition, sort, value, expiresAt }: Omit<TableItem, "version">) {
  const bytes = Buffer.from(value, "utf8");
  const entity: Record<string, string> = {
    PartitionKey: plainKey(partition),
    RowKey: plainKey(sort),
    "expires@odata.type": "Edm.Int64",
    expires: String(expiresAt ?? NEVER),
  };
  for (let nth = 0; nth * CHUNK_BYTES < bytes.length; nth++) {
    const chunk = bytes.subarray(nth * CHUNK_BYTES, (nth + 1) * CHUNK_BYTES);
    entity[`value${nth}@odata.type`] = "Edm.Binary";
    entity[`value${nth}`] = chunk.toString("base64");
  }
  return entity;
}

/** The item of an entity that was read. */
export function toItem(read: unknown, etagOfAnswer?: string): TableItem {
  // An entity that somebody else has written lacks some of it.
  const entity = read as Readonly<Record<string, string | undefined>>;
  const chunks: Buffer[] = [];
  for (let nth = 0; entity[`value${nth}`] !== undefined; nth++) {
    chunks.push(Buffer.from(entity[`value${nth}`] ?? "", "base64"));
  }
  const expiresAt = Number(entity.expires ?? NEVER);
  const etag = etagOfAnswer ?? entity["odata.etag"] ?? "";
  const item = {
    partition: fromPlainKey(entity.PartitionKey ?? ""),
    sort: fromPlainKey(entity.RowKey ?? ""),
    value: Buffer.concat(chunks).toString("utf8"),
    version: versionOf(etag, expiresAt),
  };
  return expiresAt === NEVER ? item : { ...item, expiresAt };
}

/** The ETag, which the service compares, and when the item is over, which it does not know. */
export function versionOf(etag: string, expiresAt: number = NEVER): string {
  return `${expiresAt} ${etag}`;
}

export function readVersion(version: string): {
  readonly etag: string;
  readonly expiresAt: number;
} {
  const at = version.indexOf(" ");
  return { expiresAt: Number(version.slice(0, at)), etag: version.slice(at + 1) };
}

/** Of one entity: "(PartitionKey='a',RowKey='b')". */
export function keyPath({ partition, sort }: TableKey): string {
  return `(PartitionKey='${plainKey(partition)}',RowKey='${plainKey(sort)}')`;
}
