import type { DeadLetter, PeekedMessage } from "@alienplatform/bindings";
import type { Colors } from "../terminal.ts";
import { printDuration } from "./duration.ts";
import { placeOf } from "./place.ts";
import { printTries } from "./tries.ts";
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
  const head = `${printTries(letter.history, letter.attempts)}, dead ${age(letter.deadAt, now)}`;
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

/**
 * A waiting message or a dead letter for programs, as one line: a JSON body is JSON in it, with every digit of its numbers;
 * one that says JSON and is none is text, since it is what one comes to look for.
 */
export function messageJson(message: PeekedMessage | DeadLetter): string {
  const { body, headers, ...rest } = message;
  const { kind, attributes = {}, ...more } = headers;
  const text = bodyText(body);
  const fields = JSON.stringify({ version: 1, ...rest, ...more, kind, attributes });
  // Outside of its strings, where none is, a line break means nothing in JSON.
  const payload =
    kind === "json" && isJson(text) ? text.replaceAll(/[\r\n]/g, " ") : JSON.stringify(text);
  return `${fields.slice(0, -1)},"payload":${payload}}`;
}

function body(message: PeekedMessage | DeadLetter): string {
  return visibleLine(bodyText(message.body), BODY_LENGTH);
}

function bodyText(body: string | Uint8Array): string {
  return typeof body === "string" ? body : new TextDecoder().decode(body);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false; // what it is instead is shown
  }
}

function age(since: number, now: number): string {
  return `${printDuration(Math.max(0, now - since))} ago`;
}
