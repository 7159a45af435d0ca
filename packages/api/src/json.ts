import { JsonText } from "@alienplatform/bindings";

/** An answer of JSON. A payload that is JsonText goes in letter by letter: to parse and write it would round big integers. */
export function json(data: unknown, status = 200): Response {
  return new Response(jsonOf(data), {
    status,
    headers: { "content-type": "application/json" },
  });
}

/** The same as text; what is undefined is left out. */
export function jsonOf(value: unknown): string {
  if (value instanceof JsonText) return value.text;
  if (Array.isArray(value)) return `[${value.map((each) => jsonOf(each ?? null)).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value ?? null);
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${jsonOf(field)}`).join(",")}}`;
}

/** Milliseconds since the epoch as the API tells times; undefined of undefined. */
export function iso(ms: number): string;
export function iso(ms: number | undefined): string | undefined;
export function iso(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : new Date(ms).toISOString();
}
