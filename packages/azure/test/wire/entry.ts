import rhea, { type Message } from "rhea";
import type { WireLink } from "./wire-link.ts";

const { types } = rhea;

const SCHEDULED = "x-opt-scheduled-enqueue-time";

/** One message in a queue. */
export interface Entry {
  /** Its place; a scheduled message gets a new one when it becomes active. */
  sequence: number;
  message: Message;
  /** When it became active, or will. */
  enqueuedAt: number;
  scheduled: boolean;
  deliveryCount: number;
  lock: Lock | undefined;
}

/** One loan of a message. */
export interface Lock {
  /** In the order of its text. */
  readonly token: Buffer;
  until: number;
  /** Undefined where it outlives the link it was given on. */
  readonly link: WireLink;
  cancel: () => void;
}

/** When a message asks to become active; undefined for at once. */
export function scheduledTimeOf(message: Message): number | undefined {
  const at: unknown = message.message_annotations?.[SCHEDULED];
  return at === undefined || at === null ? undefined : Number(at);
}

/** The message as it goes to a receiver, or to one who looks. */
export function toWire(entry: Entry, lockedUntil?: number): Message {
  const { message, sequence, deliveryCount, enqueuedAt, scheduled } = entry;
  const annotations: Record<string, unknown> = {
    ...message.message_annotations,
    "x-opt-sequence-number": types.wrap_long(sequence),
    "x-opt-enqueue-sequence-number": types.wrap_long(sequence),
    "x-opt-enqueued-time": types.wrap_timestamp(enqueuedAt),
    "x-opt-message-state": types.wrap_int(scheduled ? 2 : 0),
  };
  const at = scheduledTimeOf(message);
  if (at !== undefined) annotations[SCHEDULED] = types.wrap_timestamp(at);
  if (lockedUntil !== undefined)
    annotations["x-opt-locked-until"] = types.wrap_timestamp(lockedUntil);
  return { ...message, delivery_count: deliveryCount, message_annotations: annotations };
}

/** The message as it arrives where dead letters go. */
export function toDeadLetter(
  { message }: Entry,
  source: string,
  properties: Readonly<Record<string, unknown>>,
): Message {
  const annotations: Record<string, unknown> = {
    ...message.message_annotations,
    "x-opt-deadletter-source": source,
  };
  delete annotations[SCHEDULED];
  const { ttl: _, ...kept } = message;
  return {
    ...kept,
    application_properties: { ...message.application_properties, ...properties },
    message_annotations: annotations,
  };
}
