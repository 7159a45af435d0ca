import type { ReceivedMessage } from "./message.ts";

type Verb =
  | "send"
  | "sendText"
  | "sendBatch"
  | "call"
  | "receive"
  | "ack"
  | "nack"
  | "extend"
  | "deadLetter";

/** The right forms of each call, as they are shown to whoever used another. */
const FORMS: Record<Verb, readonly string[]> = {
  send: ["send(QUEUE, payload, options)", "send(payload, options) for a payload that is no string"],
  sendText: ["sendText(text, options)"],
  sendBatch: ["sendBatch([{ payload, ...options }, ...])"],
  call: ['call("handler", payload, options)'],
  receive: ["receive(QUEUE, 10, options)", "receive(10, options)"],
  ack: ["ack(QUEUE, receiptHandle)", "ack(message)", "ack(messages)"],
  nack: ["nack(QUEUE, receiptHandle, options)", "nack(message, options)"],
  extend: ['extend(QUEUE, receiptHandle, "1m")', 'extend(message, "1m")'],
  deadLetter: ["deadLetter(QUEUE, receiptHandle, reason)", "deadLetter(message, reason)"],
};

/** Rejects with a TypeError that shows the right forms: wrong use by a programmer. */
export function misuse(queue: string, verb: Verb, got: unknown): Promise<never> {
  const forms = FORMS[verb].map((form) => form.replace("QUEUE", JSON.stringify(queue)));
  const other =
    typeof got === "string" && got !== queue && verb !== "sendText" && verb !== "call"
      ? `${JSON.stringify(got.slice(0, 64))} is not this queue's name. `
      : "";
  return Promise.reject(new TypeError(`${other}Write ${forms.join(", or ")}.`));
}

/** The receipt in either form of a settling call; undefined where it is neither. */
export function readReceipt(
  queue: string,
  first: string | ReceivedMessage,
  second: unknown,
): string | undefined {
  if (typeof first === "string") {
    return first === queue && typeof second === "string" ? second : undefined;
  }
  return typeof first?.receiptHandle === "string" ? first.receiptHandle : undefined;
}
