/** The JSON text of every message has this many bytes. */
export const PAYLOAD_BYTES = 200;

export interface Payload {
  readonly type: "process-image";
  readonly imageId: string;
  /** When it was sent, as performance.now() tells, fixed to one width. */
  readonly at: string;
  readonly note: string;
}

const EMPTY: Payload = { type: "process-image", imageId: id(0), at: stamp(0), note: "" };
const NOTE = "n".repeat(PAYLOAD_BYTES - JSON.stringify(EMPTY).length);

/** A payload whose JSON has exactly PAYLOAD_BYTES bytes. */
export function payload(index: number, at = 0): Payload {
  return { type: "process-image", imageId: id(index), at: stamp(at), note: NOTE };
}

/** The same message as raw bytes, for what is measured below us. */
export function payloadBytes(index: number): Buffer {
  return Buffer.from(JSON.stringify(payload(index)));
}

function id(index: number): string {
  return String(index).padStart(9, "0");
}

function stamp(at: number): string {
  return at.toFixed(4).padStart(16, "0");
}
