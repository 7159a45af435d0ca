import rhea, { type Message, type Typed } from "rhea";
import { AmqpFailure, readLong } from "./encoding.ts";
import { toWire } from "./entry.ts";
import type { Disposition, WireQueue } from "./wire-queue.ts";

const { types, message: codec } = rhea;

type Body = Readonly<Record<string, unknown>>;
type Operation = (queue: WireQueue, body: Body) => Body | undefined;

const ARRAY_OF_LONG = 0x81;
const ARRAY_OF_TIMESTAMP = 0x83;

/** What a queue's $management answers, by the operation's name. Undefined is "nothing found", 204. */
const operations: Readonly<Record<string, Operation>> = {
  "peek-message": peek,
  "schedule-message": schedule,
  "cancel-scheduled-message": cancel,
  "renew-lock": (queue, body) => ({
    expirations: types.wrap_array(
      tokensOf(body).map((token) => queue.renew(token)),
      ARRAY_OF_TIMESTAMP,
      undefined,
    ),
  }),
  "renew-session-lock": (queue, body) => ({
    expiration: types.wrap_timestamp(queue.sessions.renew(sessionOf(body))),
  }),
  "get-session-state": (queue, body) => ({
    "session-state": queue.sessions.stateOf(sessionOf(body)) ?? null,
  }),
  "set-session-state": (queue, body) => {
    queue.sessions.setState(sessionOf(body), body["session-state"] ?? undefined);
    return {};
  },
  "update-disposition": (queue, body) => {
    for (const token of tokensOf(body)) queue.settleByToken(token, dispositionOf(body));
    return {};
  },
};

/** The answer to one request, without its address. */
export function answer(queue: WireQueue, request: Message): Message {
  const name = String(request.application_properties?.operation).replace("com.microsoft:", "");
  const operation = operations[name];
  if (operation === undefined) throw new AmqpFailure("amqp:not-implemented", name);
  const body = operation(queue, request.body ?? {});
  return message(body === undefined ? 204 : 200, "OK", body);
}

/** The answer that tells of a failure. */
export function failure({ condition, description }: AmqpFailure["error"]): Message {
  const codes: Readonly<Record<string, number>> = {
    "amqp:not-found": 404,
    "com.microsoft:message-not-found": 404,
    "amqp:unauthorized-access": 401,
    "amqp:not-implemented": 501,
    "com.microsoft:message-lock-lost": 410,
    "com.microsoft:session-lock-lost": 410,
    "com.microsoft:server-busy": 503,
  };
  const errorCondition = types.wrap_symbol(condition);
  return message(codes[condition] ?? 500, description, undefined, { errorCondition });
}

function message(
  status: number,
  description: string,
  body: Body | undefined,
  more: Body = {},
): Message {
  const statusCode = types.wrap_int(status);
  const properties = { statusCode, statusDescription: description, ...more };
  return { application_properties: properties, body: body ?? null };
}

function peek(queue: WireQueue, body: Body): Body | undefined {
  const from = readLong(body["from-sequence-number"]);
  const group = body["session-id"];
  const found = queue.entries
    .filter(({ sequence }) => sequence >= from)
    .filter(({ message }) => group === undefined || message.group_id === group)
    .sort((a, b) => a.sequence - b.sequence)
    .slice(0, Number(body["message-count"]));
  if (found.length === 0) return undefined;
  return { messages: found.map((entry) => ({ message: codec.encode(toWire(entry)) })) };
}

/** rhea's two types of a message differ in whether it has a body. */
export function decode(encoded: Buffer): Message {
  return codec.decode(encoded) as unknown as Message;
}

function schedule(queue: WireQueue, body: Body): Body {
  const messages = listOf<{ readonly message: Buffer }>(body.messages);
  for (const { message: encoded } of messages) checkSize(queue, encoded);
  const sequences = messages.map(({ message: encoded }) => queue.enqueue(decode(encoded)));
  return { "sequence-numbers": types.wrap_array(sequences, ARRAY_OF_LONG, undefined) };
}

function cancel(queue: WireQueue, body: Body): Body {
  for (const number of listOf(body["sequence-numbers"])) {
    const sequence = readLong(number);
    const entry = queue.entries.find((one) => one.sequence === sequence && one.scheduled);
    if (entry === undefined) throw new AmqpFailure("com.microsoft:message-not-found");
    queue.remove(entry);
  }
  return {};
}

/** Refuses what is larger than the queue takes. */
export function checkSize({ options }: WireQueue, encoded: Buffer): void {
  if (encoded.length <= options.maxBytes) return;
  const text = `The received message (size:${encoded.length} bytes) exceeds the limit (${options.maxBytes} bytes) currently allowed on the link.`;
  throw new AmqpFailure("amqp:link:message-size-exceeded", text);
}

function dispositionOf(body: Body): Disposition {
  // A map of what to change, where there is one.
  const properties = body["properties-to-modify"] as Record<string, unknown> | undefined;
  switch (body["disposition-status"]) {
    case "completed":
      return { kind: "complete" };
    case "abandoned":
      return { kind: "abandon", properties };
    case "suspended":
      return {
        kind: "dead",
        properties: {
          ...properties,
          ...defined("DeadLetterReason", body["deadletter-reason"]),
          ...defined("DeadLetterErrorDescription", body["deadletter-description"]),
        },
      };
    default:
      throw new AmqpFailure("amqp:not-implemented", String(body["disposition-status"]));
  }
}

function defined(name: string, value: unknown): Record<string, unknown> {
  return value === undefined || value === null ? {} : { [name]: value };
}

function tokensOf(body: Body): readonly Buffer[] {
  return listOf<Buffer>(body["lock-tokens"]);
}

function sessionOf(body: Body): string {
  return String(body["session-id"]);
}

/** Arrays and lists come unwrapped, or as rhea's typed value. */
function listOf<Item>(value: unknown): readonly Item[] {
  if (Array.isArray(value)) return value;
  return ((value as Typed | undefined)?.value ?? []) as Item[]; // what clients send here is a list
}
