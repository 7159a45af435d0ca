import type { Delivery, Headers, Outgoing } from "@alienplatform/bindings";
import { type FrameCursor, type FrameWriter, invalidFrame } from "./frame.ts";

const TEXT = 1;
const HEADERS = 2;
const DELAY = 4;
const GROUP = 8;
const PRIORITY = 16;
const CONCURRENCY = 32;
const KEY = 64;
const LEASE = 32;

const JSON_HEADERS: Headers = Object.freeze({ kind: "json" });
const TEXT_HEADERS: Headers = Object.freeze({ kind: "text" });

/** Packs one message on its way to the owner: a byte that says which fields are there, then the fields. */
export function writeOutgoing(frame: FrameWriter, message: Outgoing): void {
  const { headers, delayMs, group, priority, concurrency, idempotencyKey } = message;
  const more = moreHeaders(headers);
  frame.u8(
    (headers.kind === "text" ? TEXT : 0) |
      (more ? HEADERS : 0) |
      (delayMs === undefined ? 0 : DELAY) |
      (group === undefined ? 0 : GROUP) |
      (priority === undefined ? 0 : PRIORITY) |
      (concurrency === undefined ? 0 : CONCURRENCY) |
      (idempotencyKey === undefined ? 0 : KEY),
  );
  frame.text(message.id);
  frame.f64(message.sentAt);
  if (more) frame.text(JSON.stringify(headers));
  if (delayMs !== undefined) frame.f64(delayMs);
  if (group !== undefined) frame.text(group);
  if (priority !== undefined) frame.u8(priority);
  if (concurrency !== undefined) {
    frame.text(concurrency.key);
    frame.u32(concurrency.limit);
  }
  if (idempotencyKey !== undefined) frame.text(idempotencyKey);
  frame.text(message.body);
}

/** The inverse of writeOutgoing. */
export function readOutgoing(cursor: FrameCursor): Outgoing {
  const flags = cursor.u8();
  const id = cursor.text();
  const sentAt = cursor.f64();
  const headers = readHeaders(cursor, flags);
  if ((flags & ~(TEXT | HEADERS)) === 0) return { id, body: cursor.text(), headers, sentAt };
  const delay = (flags & DELAY) === 0 ? undefined : { delayMs: cursor.f64() };
  const group = (flags & GROUP) === 0 ? undefined : { group: cursor.text() };
  const priority = (flags & PRIORITY) === 0 ? undefined : { priority: cursor.u8() };
  const concurrency =
    (flags & CONCURRENCY) === 0
      ? undefined
      : { concurrency: { key: cursor.text(), limit: cursor.u32() } };
  const key = (flags & KEY) === 0 ? undefined : { idempotencyKey: cursor.text() };
  const body = cursor.text();
  return { id, body, headers, sentAt, ...delay, ...group, ...priority, ...concurrency, ...key };
}

/** Packs one message on loan on its way from the owner. */
export function writeDelivery(frame: FrameWriter, delivery: Delivery): void {
  const { headers, body, group, priority, leaseUntil } = delivery;
  const more = moreHeaders(headers);
  frame.u8(
    (headers.kind === "text" ? TEXT : 0) |
      (more ? HEADERS : 0) |
      (group === undefined ? 0 : GROUP) |
      (priority === undefined ? 0 : PRIORITY) |
      (leaseUntil === undefined ? 0 : LEASE),
  );
  frame.text(delivery.id);
  frame.text(delivery.receipt);
  frame.u32(delivery.attempt);
  frame.f64(delivery.sentAt);
  if (more) frame.text(JSON.stringify(headers));
  if (group !== undefined) frame.text(group);
  if (priority !== undefined) frame.u8(priority);
  if (leaseUntil !== undefined) frame.f64(leaseUntil);
  if (typeof body === "string") frame.text(body);
  else frame.bytes(body);
}

/** The inverse of writeDelivery; a body of bytes is text here, as every local body is. */
export function readDelivery(cursor: FrameCursor): Delivery {
  const flags = cursor.u8();
  const id = cursor.text();
  const receipt = cursor.text();
  const attempt = cursor.u32();
  const sentAt = cursor.f64();
  const headers = readHeaders(cursor, flags);
  const group = (flags & GROUP) === 0 ? undefined : cursor.text();
  const priority = (flags & PRIORITY) === 0 ? undefined : cursor.u8();
  const leaseUntil = (flags & LEASE) === 0 ? undefined : cursor.f64();
  const body = cursor.text();
  return {
    id,
    receipt,
    body,
    headers,
    attempt,
    sentAt,
    ...(group === undefined ? undefined : { group }),
    ...(priority === undefined ? undefined : { priority }),
    ...(leaseUntil === undefined ? undefined : { leaseUntil }),
  };
}

/** Nearly every message has no header but its kind, which is a bit. */
function moreHeaders(headers: Headers): boolean {
  return (
    headers.attributes !== undefined ||
    headers.job !== undefined ||
    headers.maxAttempts !== undefined ||
    headers.trace !== undefined ||
    headers.dead !== undefined
  );
}

function readHeaders(cursor: FrameCursor, flags: number): Headers {
  if ((flags & HEADERS) === 0) return (flags & TEXT) === 0 ? JSON_HEADERS : TEXT_HEADERS;
  // Written by this file on the other end; the kind is what the engine cannot do without.
  const headers = JSON.parse(cursor.text()) as Headers | null;
  if (headers?.kind === "json" || headers?.kind === "text") return headers;
  throw invalidFrame("a message has headers without a kind");
}
