import { type Delivery, type Headers, type Outgoing, packEnvelope } from "@alienplatform/bindings";
import { AlienError } from "@alienplatform/core";
import { ATTRIBUTES, pullCapabilities } from "../capabilities.ts";
import type { PubsubMessage } from "../client.ts";
import { type PackedAttributes, packAttributes, SENDABLE } from "./attributes.ts";

/** Lengths, tags and the publish time of one message on the wire. */
const FRAME_BYTES = 64;

/** A message as Pub/Sub keeps it. */
export interface Packed {
  readonly message: PubsubMessage;
  /** Bytes as Pub/Sub counts them: data, attributes and ordering key, and what holds them together. */
  readonly size: number;
}

/** A message that is sent, or MESSAGE_TOO_LARGE where the attributes cannot hold its envelope. */
export function packOutgoing(message: Outgoing): Packed | AlienError {
  const attributes = attributesOf(message);
  return pack(Buffer.from(message.body), attributes, message.group);
}

/** What it will take, in bytes; 0 where the attributes cannot hold its envelope. */
export function sizeOf(message: Outgoing): number {
  const packed = attributesOf(message);
  if (packed instanceof AlienError) return 0;
  return sizeWith(Buffer.byteLength(message.body), packed, message.group);
}

function attributesOf({ id, sentAt, attempt, headers, copy }: Outgoing) {
  // What was sent once, or is a letter, goes again.
  const most = copy === undefined && headers.dead === undefined ? SENDABLE : ATTRIBUTES;
  return packAttributes(packEnvelope({ id, sentAt, attempt, headers }), most);
}

/** A delivery once more, as a copy under its own id: a dead letter, or a retry that Pub/Sub does not count. */
export function packCopy(
  delivery: Delivery,
  headers: Headers,
  attempt?: number,
): Packed | AlienError {
  const { id, sentAt, body, group } = delivery;
  const attributes = packAttributes(packEnvelope({ id, sentAt, attempt, headers }), ATTRIBUTES);
  return pack(typeof body === "string" ? Buffer.from(body) : body, attributes, group);
}

/** Why Pub/Sub would refuse the whole request. */
export function tooLarge({ size }: Packed): AlienError | undefined {
  const { max, service } = pullCapabilities;
  const limit = max.message;
  if (size <= limit) return undefined;
  return new AlienError("MESSAGE_TOO_LARGE", `it is ${size} bytes; ${service} accepts ${limit}`, {
    fix: "Put the payload in storage and send its key.",
    details: { size, limit, service },
  });
}

function pack(
  data: Uint8Array,
  packed: PackedAttributes | AlienError,
  group: string | undefined,
): Packed | AlienError {
  if (packed instanceof AlienError) return packed;
  const { attributes } = packed;
  const size = sizeWith(data.length, packed, group);
  if (group === undefined) return { message: { data, attributes }, size };
  return { message: { data, attributes, orderingKey: group }, size };
}

function sizeWith(dataBytes: number, { bytes }: PackedAttributes, group = ""): number {
  return FRAME_BYTES + dataBytes + bytes + Buffer.byteLength(group);
}
