import { type Headers, jsonField, sameScalar, textOrBytes } from "@alienplatform/bindings";

/** A field of a payload and what it is to be: JSON text of a scalar. */
export interface Where {
  readonly path: string;
  readonly equals: string;
}

/** Reads "to:a@b", 'to:"a@b"', "count:12", "done:true": without quotes it is text unless it is a number, true, false or null. */
export function readWhere(text: string): Where {
  const at = text.indexOf(":");
  return { path: text.slice(0, at), equals: scalarText(text.slice(at + 1)) };
}

/** The same value as the filters of dead letters take it. */
export function scalarOf({ equals }: Where): string | number | bigint | boolean | null {
  if (/^-?\d+$/.test(equals)) return BigInt(equals);
  return JSON.parse(equals) as string | number | boolean | null; // scalarText() writes nothing else
}

/** Whether a JSON payload has the field. */
export function hasField(
  { body, headers }: { readonly body: string | Uint8Array; readonly headers: Headers },
  { path, equals }: Where,
): boolean {
  const text = textOrBytes(body);
  if (headers.kind !== "json" || typeof text !== "string") return false;
  const found = jsonField(text, path.split("."));
  return found !== undefined && sameScalar(found, equals);
}

function scalarText(text: string): string {
  if (/^(true|false|null|-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d{1,2})?)$/.test(text)) return text;
  return isQuoted(text) ? text : JSON.stringify(text);
}

function isQuoted(text: string): boolean {
  if (!text.startsWith('"')) return false;
  try {
    return typeof JSON.parse(text) === "string";
  } catch {
    return false; // a text that begins with a quote
  }
}
