import { AlienError } from "@alienplatform/core";

/** A frame is u32 length of what follows, u8 operation, u32 request id, payload; numbers are big-endian. */
export const FRAME_HEAD = 9;
/** The longest frame that is accepted. */
export const FRAME_MAX = 16 * 1024 * 1024;

const SLAB = 256 * 1024;

/**
 * Packs frames one after the other into slabs. A frame is contiguous and never overwritten, so that a
 * request can be sent again from the very bytes that were sent first.
 */
export class FrameWriter {
  #slab = Buffer.allocUnsafeSlow(SLAB);
  #at = 0;
  #frame = 0;
  #unsent = 0;
  #full: Buffer[] = [];

  begin(operation: number, request: number): void {
    // A frame that was begun and never ended, because a field could not be written, is overwritten.
    this.#at = this.#frame;
    if (this.#at + FRAME_HEAD > this.#slab.length) this.#renew(FRAME_HEAD);
    this.#frame = this.#at;
    this.#at += 4;
    this.#slab[this.#at++] = operation;
    this.u32(request);
  }

  /** Closes the frame and answers its bytes. */
  end(): Buffer {
    this.#slab.writeUInt32BE(this.#at - this.#frame - 4, this.#frame);
    const frame = this.#slab.subarray(this.#frame, this.#at);
    this.#frame = this.#at;
    return frame;
  }

  /** Forgets the frame that was begun. */
  drop(): void {
    this.#at = this.#frame;
  }

  /** A copy of the payload so far. */
  payload(): Buffer {
    return Buffer.from(this.#slab.subarray(this.#frame + FRAME_HEAD, this.#at));
  }

  /** Bytes of the frame so far. */
  get length(): number {
    return this.#at - this.#frame;
  }

  /** Bytes that the next drain answers, of this slab. */
  get unsent(): number {
    return this.#frame - this.#unsent;
  }

  /** What was ended since the last call, in order; empty where nothing was. */
  drain(): readonly Buffer[] {
    const buffers = this.#full;
    if (this.#frame > this.#unsent) buffers.push(this.#slab.subarray(this.#unsent, this.#frame));
    this.#unsent = this.#frame;
    if (buffers.length > 0) this.#full = [];
    return buffers;
  }

  u8(value: number): void {
    this.#ensure(1);
    this.#slab[this.#at++] = value;
  }

  u32(value: number): void {
    this.#ensure(4);
    const slab = this.#slab;
    const at = this.#at;
    slab[at] = value >>> 24;
    slab[at + 1] = value >>> 16;
    slab[at + 2] = value >>> 8;
    slab[at + 3] = value;
    this.#at = at + 4;
  }

  f64(value: number): void {
    this.#ensure(8);
    this.#at = this.#slab.writeDoubleBE(value, this.#at);
  }

  /** Length and UTF-8. */
  text(value: string): void {
    this.#ensure(4 + value.length * 3);
    const written = this.#slab.write(value, this.#at + 4);
    this.#slab.writeUInt32BE(written, this.#at);
    this.#at += 4 + written;
  }

  /** Bytes alone: the end of a payload. */
  raw(value: Uint8Array): void {
    this.#ensure(value.length);
    this.#slab.set(value, this.#at);
    this.#at += value.length;
  }

  /** Length and bytes. */
  bytes(value: Uint8Array): void {
    this.#ensure(4 + value.length);
    this.#slab.writeUInt32BE(value.length, this.#at);
    this.#slab.set(value, this.#at + 4);
    this.#at += 4 + value.length;
  }

  #ensure(size: number): void {
    if (this.#at + size > this.#slab.length) this.#renew(size);
  }

  /** The frame that is being written moves to a new slab; the finished ones stay behind, to be sent. */
  #renew(size: number): void {
    const begun = this.#at - this.#frame;
    const slab = Buffer.allocUnsafeSlow(Math.max(SLAB, 2 * (begun + size)));
    this.#slab.copy(slab, 0, this.#frame, this.#at);
    if (this.#frame > this.#unsent) {
      this.#full.push(this.#slab.subarray(this.#unsent, this.#frame));
    }
    this.#slab = slab;
    this.#frame = 0;
    this.#unsent = 0;
    this.#at = begun;
  }
}

/** Reads the fields of one payload and never a byte beyond it. */
export class FrameCursor {
  #buffer: Buffer = Buffer.alloc(0);
  #at = 0;
  #end = 0;

  /** Points at another payload; one cursor serves a whole connection. */
  reset(buffer: Buffer, at: number, end: number): void {
    this.#buffer = buffer;
    this.#at = at;
    this.#end = end;
  }

  u8(): number {
    const at = this.#advance(1);
    // The cursor's end lies inside the buffer, so the byte is there.
    return this.#buffer[at] as number;
  }

  u32(): number {
    return this.#buffer.readUInt32BE(this.#advance(4));
  }

  /** A time, a length of time or a count. One that is none of these would keep the owner's timers busy for ever. */
  f64(): number {
    const value = this.#buffer.readDoubleBE(this.#advance(8));
    if (!(Math.abs(value) <= Number.MAX_SAFE_INTEGER)) throw invalidFrame("a number is none");
    return value;
  }

  text(): string {
    const length = this.u32();
    const at = this.#advance(length);
    return this.#buffer.toString("utf8", at, at + length);
  }

  /** A view, valid as long as the chunk that it was read from. */
  bytes(): Buffer {
    const length = this.u32();
    const at = this.#advance(length);
    return this.#buffer.subarray(at, at + length);
  }

  rest(): Buffer {
    return this.#buffer.subarray(this.#advance(this.#end - this.#at), this.#end);
  }

  #advance(size: number): number {
    const at = this.#at;
    if (at + size > this.#end) {
      throw invalidFrame(`a frame ends ${at + size - this.#end} bytes before its last field`);
    }
    this.#at = at + size;
    return at;
  }
}

/** Called for each whole frame; `at` and `end` bound its payload in `buffer`. */
export type OnFrame = (
  operation: number,
  request: number,
  buffer: Buffer,
  at: number,
  end: number,
) => void;

/** Cuts a stream of bytes into frames, whatever pieces it arrives in. */
export class FrameReader {
  readonly #onFrame: OnFrame;
  #pieces: Buffer[] = [];
  #held = 0;
  #needed = 4;

  constructor(onFrame: OnFrame) {
    this.#onFrame = onFrame;
  }

  /** Throws PROTOCOL_INVALID where the bytes cannot be a frame. */
  push(chunk: Buffer): void {
    let buffer = chunk;
    if (this.#held > 0) {
      this.#pieces.push(chunk);
      this.#held += chunk.length;
      if (this.#held < this.#needed) return;
      buffer = Buffer.concat(this.#pieces, this.#held);
      this.#pieces = [];
      this.#held = 0;
    }
    let at = 0;
    this.#needed = 4;
    while (buffer.length - at >= 4) {
      const length = buffer.readUInt32BE(at);
      if (length < FRAME_HEAD - 4 || length > FRAME_MAX) {
        throw invalidFrame(
          `a frame says that it is ${length} bytes long, the limit is ${FRAME_MAX}`,
        );
      }
      const end = at + 4 + length;
      if (end > buffer.length) {
        this.#needed = 4 + length;
        break;
      }
      // The length was checked above, so the byte is there.
      const operation = buffer[at + 4] as number;
      this.#onFrame(operation, buffer.readUInt32BE(at + 5), buffer, at + FRAME_HEAD, end);
      at = end;
    }
    if (at < buffer.length) {
      this.#pieces = [at === 0 ? buffer : buffer.subarray(at)];
      this.#held = buffer.length - at;
    }
  }
}

/** The error for bytes that are not of this protocol. */
export function invalidFrame(what: string): AlienError {
  return new AlienError("PROTOCOL_INVALID", `on the local socket, ${what}`, {
    fix: "Let only this program's processes connect to the socket of the local queues.",
  });
}
