import { encodeError } from "./error-codec.ts";
import { FrameWriter } from "./frame.ts";
import { Operation, PROTOCOL_VERSION } from "./protocol.ts";
import type { Wire } from "./wire.ts";

/** A longer reply travels in parts of this size. */
const PART_BYTES = 4 * 1024 * 1024;

/** The owner's half of a connection: everything that one commit answers leaves in one write. */
export class ReplyWriter {
  readonly #wire: Wire;
  readonly #frames = new FrameWriter();
  readonly #flushLater = () => this.flush();
  #flushing = false;

  constructor(wire: Wire) {
    this.#wire = wire;
  }

  items<Item>(
    request: number,
    items: readonly Item[],
    write: (frame: FrameWriter, item: Item) => void,
  ): void {
    const frames = this.#frames;
    frames.begin(Operation.Reply, request);
    frames.u32(items.length);
    for (const item of items) write(frames, item);
    this.#endReply(request);
  }

  /** Every local body is text, so that what is peeked at travels as it is. */
  json(request: number, value: unknown): void {
    this.#frames.begin(Operation.Reply, request);
    this.#frames.raw(Buffer.from(JSON.stringify(value === undefined ? [] : [value])));
    this.#endReply(request);
  }

  /** With request id 0 the error is the connection's. */
  failure(request: number, error: unknown): void {
    this.#frames.begin(Operation.Failed, request);
    this.#frames.text(encodeError(error));
    this.#end();
  }

  welcome(term: number): void {
    this.#frames.begin(Operation.Welcome, 0);
    this.#frames.u32(PROTOCOL_VERSION);
    this.#frames.f64(term);
    this.#frames.u32(process.pid);
    this.#end();
  }

  /** Pong and Goodbye carry nothing. */
  bare(operation: number): void {
    this.#frames.begin(operation, 0);
    this.#end();
  }

  flush(): void {
    this.#flushing = false;
    const frames = this.#frames.drain();
    if (frames.length > 0) this.#wire.write(frames);
  }

  #endReply(request: number): void {
    const frames = this.#frames;
    if (frames.length <= PART_BYTES) {
      this.#end();
      return;
    }
    const payload = frames.payload();
    frames.drop();
    for (let at = 0; at < payload.length; at += PART_BYTES) {
      const last = at + PART_BYTES >= payload.length;
      frames.begin(last ? Operation.Reply : Operation.Part, request);
      frames.raw(payload.subarray(at, at + PART_BYTES));
      this.#end();
    }
  }

  #end(): void {
    this.#frames.end();
    if (this.#flushing) return;
    this.#flushing = true;
    process.nextTick(this.#flushLater);
  }
}
