import type { Outgoing } from "@alienplatform/bindings";
import { AlienError } from "@alienplatform/core";

/** Bytes of one message, as sizeOf counts. */
export const MESSAGE_MAX = 1024 * 1024;

/** The body; headers count where there are more than the kind. */
export function sizeOf({ body, headers }: Outgoing): number {
  const bytes = Buffer.byteLength(body);
  const { attributes, job, trace } = headers;
  if (attributes === undefined && job === undefined && trace === undefined) return bytes;
  return bytes + Buffer.byteLength(JSON.stringify(headers));
}

/** The client has checked, but whoever speaks to the owner's socket need not be ours. */
export function isTooLarge(message: Outgoing): boolean {
  const { body, headers } = message;
  const { attributes, job, trace } = headers;
  const plain = attributes === undefined && job === undefined && trace === undefined;
  // UTF-8 needs at most three bytes for a unit of UTF-16.
  if (plain && body.length * 3 <= MESSAGE_MAX) return false;
  return sizeOf(message) > MESSAGE_MAX;
}

export function tooLarge(message: Outgoing, queue: string): AlienError {
  const size = sizeOf(message);
  return new AlienError(
    "MESSAGE_TOO_LARGE",
    `message ${message.id} for queue "${queue}" is ${size} bytes; the local queue accepts ${MESSAGE_MAX}`,
    {
      fix: "Put the payload in storage and send its key.",
      details: { queue, size, limit: MESSAGE_MAX },
    },
  );
}
