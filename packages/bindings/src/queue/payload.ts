import { AlienError } from "@alienplatform/core";
import type { Headers } from "./driver.ts";
import { encodeJson } from "./json.ts";
import { type Checked, check, describeIssues, type Schema } from "./schema.ts";
import { isWellFormed } from "./text.ts";

/** A payload as it is stored. */
export interface Payload {
  readonly body: string;
  readonly kind: Headers["kind"];
}

/** What checks it, where that is known. */
export interface PayloadRules {
  readonly queue: string;
  readonly schema?: Schema | undefined;
}

/** A string is text, anything else JSON. */
export async function checkedPayload(payload: unknown, rules: PayloadRules): Promise<Payload> {
  const kind = typeof payload === "string" ? "text" : "json";
  const body = typeof payload === "string" ? checkText(payload) : encodeJson(payload);
  const travels: unknown = kind === "json" ? JSON.parse(body) : body;
  if (rules.schema !== undefined) await checkBySchema(rules.queue, rules.schema, travels);
  return { body, kind };
}

/** JSON as text, kept as it is. */
export async function checkedJson(json: string, rules: PayloadRules): Promise<Payload> {
  const value = parsedJson(json);
  if (rules.schema !== undefined) await checkBySchema(rules.queue, rules.schema, value);
  return { body: json, kind: "json" };
}

/** What a JSON text says; fails with PAYLOAD_INVALID, which quotes none of it, where it is none. */
export function parsedJson(json: string): unknown {
  try {
    return JSON.parse(checkText(json));
  } catch (cause) {
    if (cause instanceof AlienError) throw cause;
    const position = cause instanceof Error && / at position \d+/.exec(cause.message)?.[0];
    throw new AlienError("PAYLOAD_INVALID", `the payload is not JSON${position || ""}`, {
      fix: "Give it as JSON, or send it as text.",
      details: { path: "payload" },
    });
  }
}

/** Text as it is; refused where UTF-8 cannot carry it. */
export function checkText(text: string): string {
  if (isWellFormed(text)) return text;
  throw new AlienError(
    "PAYLOAD_INVALID",
    "the text holds half a surrogate pair, which UTF-8 cannot carry",
    {
      fix: "Send it inside JSON, { text }, where it is escaped, or call toWellFormed() first.",
      details: { path: "payload" },
    },
  );
}

/** Fails with PAYLOAD_REFUSED where the schema refuses; a promise only where the schema is asynchronous. */
export function checkBySchema(
  queue: string,
  schema: Schema,
  payload: unknown,
): void | Promise<void> {
  const checked = check(schema, payload);
  return checked instanceof Promise
    ? checked.then((result) => refuse(queue, result))
    : refuse(queue, checked);
}

function refuse(queue: string, checked: Checked): void {
  if (checked.ok) return;
  throw new AlienError(
    "PAYLOAD_REFUSED",
    `the schema of queue "${queue}" refused the payload: ${describeIssues(checked.issues)}`,
    { fix: "Send what the schema accepts, as JSON.", details: { queue, issues: checked.issues } },
  );
}
