import type { DeadLetter, PeekedMessage } from "@alienplatform/bindings";
import type { Colors } from "../terminal.ts";
import { printCount } from "./count.ts";
import { printDuration } from "./duration.ts";
import { placeOf } from "./place.ts";
import { visible, visibleLine } from "./visible.ts";

const BODY_LENGTH = 400;

/** A message that waits: id, state, age, and its body on a line of its own. */
export function printPeeked(message: PeekedMessage, now: number, colors: Colors): string {
  const due = message.state === "delayed" && message.dueAt !== undefined;
  const state =
    due && message.dueAt !== undefined
      ? `delayed, due in ${printDuration(Math.max(0, message.dueAt - now))}`
      : message.state === "inFlight"
        ? "in flight"
        : message.state;
  const attempts = message.attempts === 0 ? "never delivered" : `attempt ${message.attempts}`;
  const head = [state, attempts, age(message.sentAt, now)].join(", ");
  return `${colors.bold(message.id)}  ${colors.dim(head)}\n  ${body(message)}`;
}

/** A dead letter: what it was, why it died, and where below the directory that was thrown. */
export function printDeadLetter(
  letter: DeadLetter,
  now: number,
  colors: Colors,
  directory: string,
): string {
  const place = placeOf(letter.error.stack, directory);
  const head = `${printCount(letter.attempts, "attempt")}, dead ${age(letter.deadAt, now)}`;
  return [
    `${colors.bold(letter.id)}  ${colors.dim(head)}`,
    `  ${colors.red(letter.error.code)}  ${visibleLine(letter.error.message, BODY_LENGTH)}`,
    ...(place === undefined ? [] : [colors.dim(`  at ${visible(place)}`)]),
    `  ${body(letter)}`,
  ].join("\n");
}

/** A message just received, with the receipt that ack wants. */
export function printReceived(message: Received, now: number, colors: Colors): string {
  const head = `attempt ${message.attempt}, sent ${age(message.sentAt, now)}`;
  const payload =
    typeof message.payload === "string" ? message.payload : JSON.stringify(message.payload);
  return [
    `${colors.bold(message.id)}  ${colors.dim(head)}`,
    `  ${visibleLine(payload ?? "", BODY_LENGTH)}`,
    ...(message.receiptHandle === undefined
      ? []
      : [colors.dim(`  receipt ${message.receiptHandle}`)]),
  ].join("\n");
}

/** What both a received and an acknowledged message tell. */
export interface Received {
  readonly id: string;
  readonly attempt: number;
  readonly sentAt: number;
  readonly payload: unknown;
  /** Absent once it is acknowledged. */
  readonly receiptHandle?: string;
}

/** A waiting message or a dead letter for programs; a JSON body becomes JSON again. */
export function messageData<M extends PeekedMessage | DeadLetter>(message: M) {
  const { body, headers, ...rest } = message;
  const text = bodyText(body);
  return {
    version: 1,
    ...rest,
    kind: headers.kind,
    payload: headers.kind === "json" ? parsed(text) : text,
    attributes: headers.attributes ?? {},
  };
}

function body(message: PeekedMessage | DeadLetter): string {
  return visibleLine(bodyText(message.body), BODY_LENGTH);
}

function bodyText(body: string | Uint8Array): string {
  return typeof body === "string" ? body : new TextDecoder().decode(body);
}

/** A body that says JSON and is none is shown as it is: it is what one comes to look for. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function age(since: number, now: number): string {
  return `${printDuration(Math.max(0, now - since))} ago`;
}
