import { type BatchEntry, JsonText, type PeekedMessage } from "@alienplatform/bindings";
import type { InspectedMessage } from "@alienplatform/bindings/operate";

const VERSION = 1;

/** A message that was exported, as it is to be sent again. */
export interface ImportedMessage {
  /** It had this id. */
  readonly id: string;
  /** The handler's name, where it was sent with call(). */
  readonly job?: string;
  readonly entry: BatchEntry;
}

/** One waiting message as a line of NDJSON, with its end; its body is text, so that no digit of it is lost. */
export function formatWaiting(queue: string, message: PeekedMessage | InspectedMessage): string {
  const { id, state, body, headers, attempts, sentAt, dueAt, group, priority } = message;
  const { kind, attributes, job, maxAttempts } = headers;
  const concurrency = ("concurrency" in message && message.concurrency) || headers.concurrency;
  const due = state === "delayed" ? (dueAt ?? headers.dueAt) : undefined;
  const text = typeof body === "string" ? body : new TextDecoder().decode(body);
  const line = {
    version: VERSION,
    type: "message",
    ...{ queue, id, state, sentAt, dueAt: due, attempts, kind, attributes, job, maxAttempts },
    ...{ group, priority: priority || undefined, concurrency, body: text },
  };
  return `${JSON.stringify(line)}\n`;
}

/** Reads a line back; what is wrong with one is the message of a TypeError. */
export function parseWaiting(line: string, now: number): ImportedMessage {
  const fields = parsed(line);
  if (fields.type !== "message" || fields.version !== VERSION) {
    const dead = fields.deadAt === undefined ? "" : ": it is a dead letter; see alien dead import";
    throw new TypeError(`it is no message of version ${VERSION}${dead}`);
  }
  const { id, kind, body, job, dueAt, maxAttempts, group, priority } = fields;
  if (typeof id !== "string" || id === "" || id.length > 128) throw new TypeError("it has no id");
  if (typeof body !== "string") throw new TypeError("it has no body");
  if (kind !== "json" && kind !== "text") throw new TypeError("its kind is neither json nor text");
  if (job !== undefined && typeof job !== "string") throw new TypeError("job is not a name");
  const payload = kind === "text" ? body : new JsonText(body);
  const delay = number("dueAt", dueAt);
  const attempts = number("maxAttempts", maxAttempts);
  const rank = number("priority", priority);
  if (group !== undefined && typeof group !== "string") throw new TypeError("group is no text");
  const entry = {
    payload,
    ...(delay === undefined || delay <= now ? {} : { delay: new Date(delay) }),
    ...(attempts === undefined ? {} : { maxAttempts: attempts }),
    ...(rank === undefined ? {} : { priority: rank }),
    ...(group === undefined ? {} : { group }),
    ...attributesOf(fields.attributes),
    ...concurrencyOf(fields.concurrency),
  };
  return { id, ...(job === undefined ? {} : { job }), entry };
}

function parsed(line: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new TypeError("it is not JSON");
  }
  return Object(value);
}

function number(name: string, value: unknown): number | undefined {
  if (value === undefined || typeof value === "number") return value;
  throw new TypeError(`${name} is not a number`);
}

function attributesOf(value: unknown): Pick<BatchEntry, "attributes"> {
  if (value === undefined) return {};
  const entries = Object.entries(Object(value));
  const attributes: Record<string, string> = {};
  for (const [name, text] of entries) {
    if (typeof text !== "string") throw new TypeError(`attribute ${name} is no text`);
    attributes[name] = text;
  }
  return { attributes };
}

function concurrencyOf(value: unknown): Pick<BatchEntry, "concurrency"> {
  if (value === undefined) return {};
  const { key, limit } = Object(value);
  if (typeof key === "string" && typeof limit === "number") return { concurrency: { key, limit } };
  throw new TypeError("concurrency is not a key and its limit");
}
