import type { Attempt } from "../queue/attempt.ts";
import type { DeadLetter } from "../queue/dead-letter.ts";
import type { Failure, Headers } from "../queue/driver.ts";
import { textOrBytes } from "../queue/text.ts";

const VERSION = 1;

/** One dead letter as a line of NDJSON, with its end. Its body is in it as text, or as base64 where it is none. */
export function formatLine(letter: DeadLetter): string {
  const { body } = letter;
  return `${JSON.stringify({ version: VERSION, ...letter, body: textOf(body) })}\n`;
}

function textOf(body: string | Uint8Array): string | { readonly base64: string } {
  const text = textOrBytes(body);
  if (typeof text === "string") return text;
  return { base64: btoa(Array.from(text, (byte) => String.fromCharCode(byte)).join("")) };
}

/** Reads a line back; what is wrong with one is the message of a TypeError. */
export function parseLine(line: string): DeadLetter {
  const fields = parsed(line);
  if (fields.version !== VERSION) {
    throw new TypeError(`its version is ${show(fields.version)}; this program reads ${VERSION}`);
  }
  const concurrency = optional(fields, "concurrency", isConcurrency);
  const group = optional(fields, "group", isGroup);
  const priority = optional(fields, "priority", isPriority);
  return {
    id: required(fields, "id", isMessageId),
    body: bodyOf(fields.body),
    headers: required(fields, "headers", isHeaders),
    attempts: required(fields, "attempts", isAttempts),
    history: optional(fields, "history", isHistory) ?? [],
    sentAt: required(fields, "sentAt", isTime),
    deadAt: required(fields, "deadAt", isTime),
    source: required(fields, "source", isText),
    error: required(fields, "error", isFailure),
    ...(group !== undefined && { group }),
    ...(priority !== undefined && { priority }),
    ...(concurrency !== undefined && { concurrency }),
  };
}

type Fields = Readonly<Record<string, unknown>>;

function parsed(line: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new TypeError("it is not JSON");
  }
  if (isRecord(value)) return value;
  throw new TypeError("it is not a JSON object");
}

function required<T>(fields: Fields, name: string, is: (value: unknown) => value is T): T {
  const value = fields[name];
  if (is(value)) return value;
  throw new TypeError(value === undefined ? `it has no ${name}` : `${name} is ${show(value)}`);
}

function optional<T>(fields: Fields, name: string, is: (value: unknown) => value is T) {
  return fields[name] === undefined ? undefined : required(fields, name, is);
}

function bodyOf(body: unknown): string | Uint8Array {
  if (typeof body === "string") return body;
  if (isRecord(body) && typeof body.base64 === "string") return bytesOf(body.base64);
  throw new TypeError(body === undefined ? "it has no body" : "body is neither text nor base64");
}

function bytesOf(base64: string): Uint8Array {
  try {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  } catch {
    throw new TypeError("body is no base64");
  }
}

/** Never a whole payload: a report may be logged. */
function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length <= 40 ? text : `${text.slice(0, 40)}…`;
}

function isRecord(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isMessageId(value: unknown): value is string {
  return typeof value === "string" && /^[\x21-\x7e]{1,128}$/.test(value);
}

function isTime(value: unknown): value is number {
  return isWhole(value, 0, 2 ** 47);
}

function isAttempts(value: unknown): value is number {
  return isWhole(value, 0, 65_535);
}

function isPriority(value: unknown): value is number {
  return isWhole(value, 0, 9);
}

function isWhole(value: unknown, lowest: number, highest: number): value is number {
  return Number.isInteger(value) && Number(value) >= lowest && Number(value) <= highest;
}

function isGroup(value: unknown): value is string {
  return typeof value === "string" && value.length >= 1 && value.length <= 128;
}

function isConcurrency(value: unknown): value is NonNullable<DeadLetter["concurrency"]> {
  return isRecord(value) && isGroup(value.key) && isWhole(value.limit, 1, 2 ** 32 - 1);
}

function isHeaders(value: unknown): value is Headers {
  if (!isRecord(value) || (value.kind !== "json" && value.kind !== "text")) return false;
  const { attributes, job, maxAttempts, trace, dead } = value;
  if (attributes !== undefined && !isAttributes(attributes)) return false;
  if (job !== undefined && typeof job !== "string") return false;
  if (maxAttempts !== undefined && !isWhole(maxAttempts, 1, 100)) return false;
  if (dead !== undefined && !isDeath(dead)) return false;
  return trace === undefined || (isRecord(trace) && typeof trace.traceparent === "string");
}

function isDeath(value: unknown): boolean {
  if (!isRecord(value) || !isText(value.source) || !isFailure(value.error)) return false;
  return isAttempts(value.attempts) && isTime(value.deadAt);
}

function isAttributes(value: unknown): boolean {
  return isRecord(value) && Object.keys(value).length <= 10 && Object.values(value).every(isText);
}

function isFailure(value: unknown): value is Failure {
  return isRecord(value) && isText(value.code) && isText(value.message);
}

function isHistory(value: unknown): value is readonly Attempt[] {
  return Array.isArray(value) && value.every(isAttempt);
}

function isAttempt(value: unknown): value is Attempt {
  if (!isRecord(value)) return false;
  const { number, outcome, startedAt, endedAt, error, redrivenAt } = value;
  const known = outcome === "SUCCEEDED" || outcome === "FAILED" || outcome === "EXPIRED";
  const timed =
    isTime(endedAt) && [startedAt, redrivenAt].every((at) => at === undefined || isTime(at));
  return known && timed && isWhole(number, 1, 65_535) && (error === undefined || isFailure(error));
}
