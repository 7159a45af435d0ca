/** The JSON text of every message has this many bytes. */
export const PAYLOAD_BYTES = 200;

export interface Payload {
  readonly type: "process-image";
  readonly imageId: number;
  /** When it was sent, as performance.now() tells, in microseconds and of one width. */
  readonly at: number;
  readonly note: string;
}

/** Nine digits, then sixteen: numbers of one width are cheap to make, so that making payloads is not what is measured. */
const FIRST_ID = 100_000_000;
const FIRST_MICROSECOND = 1_000_000_000_000_000;
const NOTE = "n".repeat(PAYLOAD_BYTES - JSON.stringify(withNote(0, 0, "")).length);

/** A payload whose JSON has exactly PAYLOAD_BYTES bytes. */
export function payload(index: number, sentAt = 0): Payload {
  return withNote(index, sentAt, NOTE);
}

/** Milliseconds since a payload was sent by this process. */
export function ageOf({ at }: Payload): number {
  return performance.now() - (at - FIRST_MICROSECOND) / 1000;
}

/** The same message as raw bytes, for what is measured below us. */
export function payloadBytes(index: number): Buffer {
  return Buffer.from(JSON.stringify(payload(index)));
}

function withNote(index: number, sentAt: number, note: string): Payload {
  return {
    type: "process-image",
    imageId: FIRST_ID + index,
    at: FIRST_MICROSECOND + Math.round(sentAt * 1000),
    note,
  };
}
