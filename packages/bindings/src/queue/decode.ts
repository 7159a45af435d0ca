import type { Delivery, Failure } from "./driver.ts";
import { failureOf } from "./failure.ts";
import { check, describeIssues, type Schema } from "./schema.ts";

export type Decoded =
  | { readonly ok: true; readonly payload: unknown }
  | { readonly ok: false; readonly error: Failure };

/** What a delivery carries; a promise only where the schema is asynchronous. */
export function decode(delivery: Delivery, schema: Schema | undefined): Decoded | Promise<Decoded> {
  if (delivery.undecodable !== undefined) return { ok: false, error: delivery.undecodable };
  let payload: unknown;
  try {
    const text = typeof delivery.body === "string" ? delivery.body : utf8.decode(delivery.body);
    payload = delivery.headers.kind === "json" ? JSON.parse(text) : text;
  } catch (error) {
    return { ok: false, error: decodeFailed(delivery.headers.kind, error) };
  }
  if (schema === undefined) return { ok: true, payload };
  const checked = check(schema, payload);
  return checked instanceof Promise ? checked.then(toDecoded) : toDecoded(checked);
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function toDecoded(checked: Awaited<ReturnType<typeof check>>): Decoded {
  if (checked.ok) return { ok: true, payload: checked.value };
  const { issues } = checked;
  const message = `the queue's schema refused the payload: ${describeIssues(issues)}`;
  return { ok: false, error: failureOf("PAYLOAD_REFUSED", message, { issues }) };
}

/** V8 quotes the text it could not parse; a payload must not end up in an error. */
function decodeFailed(kind: "json" | "text", error: unknown): Failure {
  const position = error instanceof Error ? /at position \d+/.exec(error.message)?.[0] : undefined;
  const what = error instanceof SyntaxError && kind === "json" ? "not JSON" : "not UTF-8";
  const message = `the body is ${what}${position === undefined ? "" : ` ${position}`}`;
  return { code: "DECODE_FAILED", message };
}
