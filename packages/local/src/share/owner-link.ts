import { randomBytes } from "node:crypto";
import { performance } from "node:perf_hooks";
import type { Durability } from "../engine/options.ts";
import type { Holder } from "../engine/sessions.ts";
import { decodeError } from "./error-codec.ts";
import { FRAME_HEAD, FrameCursor, FrameReader, FrameWriter, invalidFrame } from "./frame.ts";
import type { KeepAlive } from "./keep-alive.ts";
import type { Pending } from "./pending.ts";
import { ownProcess } from "./process-holder.ts";
import { Operation, PROTOCOL_VERSION } from "./protocol.ts";
import type { Wire } from "./wire.ts";

/** Much that is asked in one turn leaves in several writes, so that the owner begins while the rest is packed. */
const EAGER_BYTES = 32 * 1024;

/** Told of the wire that is attached. */
export interface LinkEvents {
  /** The owner is there and has answered the hello. */
  welcome(term: number, pid: number): void;
  /** The owner refuses the wire, or what comes over it is not of the protocol. */
  refused(error: Error): void;
}

/** Who asks, and by which clock it waits. */
export interface LinkOwner {
  /** Of this process's life: 16 hex digits. */
  readonly session: string;
  readonly holder: Holder;
  /** Milliseconds that only go forward. */
  now(): number;
}

/**
 * The requests of this process to whoever owns the store, over whatever wire leads there now. They
 * outlive the wire: those without an answer go out again on the next one, in order and under the same
 * numbers, so that the owner can tell a repeated request from a new one.
 */
export class OwnerLink {
  /** Of this process's life. */
  readonly session: string;
  readonly #owner: LinkOwner;
  readonly #events: LinkEvents;
  readonly #keepAlive: KeepAlive;
  readonly #durability: Durability;
  readonly #pending = new Map<number, Pending>();
  readonly #cursor = new FrameCursor();
  readonly #frames = new FrameWriter();
  readonly #flushLater = () => this.#flush();
  #reader = new FrameReader(() => undefined);
  #wire: Wire | undefined;
  #flushing = false;
  #number = 0;
  #awaited = 0;
  /** Looks at whether the owner is heard; silence is counted in them, and a suspended machine has none. */
  #looks = 0;
  #heardAt = 0;
  #whenEmpty: (() => void) | undefined;
  #whenLeft: (() => void) | undefined;

  constructor(
    events: LinkEvents,
    keepAlive: KeepAlive,
    durability: Durability,
    owner: LinkOwner = thisProcess(),
  ) {
    this.session = owner.session;
    this.#owner = owner;
    this.#durability = durability;
    this.#events = events;
    this.#keepAlive = keepAlive;
  }

  /** Whether somebody waits for an answer. */
  get busy(): boolean {
    return this.#awaited > 0;
  }

  /** A number that no other request of this session has. */
  nextNumber(): number {
    this.#number++;
    // The lower half travels, and 0 there means the connection.
    if (this.#number >>> 0 === 0) this.#number++;
    return this.#number;
  }

  /** Starts a request; its fields are written to the result, then `ask` is called. */
  begin(operation: number): FrameWriter {
    this.#frames.begin(operation, this.nextNumber() >>> 0);
    return this.#frames;
  }

  /** Sends what was begun, now or when there is a wire. Answers the number by which to abandon it. */
  ask(
    operation: number,
    waitMs: number,
    answer: (cursor: FrameCursor) => void,
    fail: (error: Error) => void,
  ): number {
    this.#awaited++;
    this.#keepAlive.hold();
    return this.#send({ operation, waitMs, watching: false, answer, fail });
  }

  /** The same for what is answered when something happens, if ever: nobody's life hangs on it. */
  watch(
    operation: number,
    answer: (cursor: FrameCursor) => void,
    fail: (error: Error) => void,
  ): number {
    return this.#send({ operation, waitMs: 0, watching: true, answer, fail });
  }

  #send({
    waitMs,
    ...asked
  }: Pick<Pending, "operation" | "watching" | "answer" | "fail"> & {
    readonly waitMs: number;
  }): number {
    const number = this.#number;
    this.#pending.set(number >>> 0, {
      ...asked,
      frame: this.#frames.end(),
      waitEndsAt: this.#owner.now() + waitMs,
      askedAt: this.#looks,
      abandoned: false,
      parts: undefined,
    });
    if (this.#frames.unsent > EAGER_BYTES) this.#flush();
    else this.#flushSoon();
    return number >>> 0;
  }

  /** Nobody waits for it any more. The owner is told, and what a take brings all the same is given back. */
  abandon(number: number): void {
    const pending = this.#pending.get(number);
    if (pending === undefined || pending.abandoned) return;
    pending.abandoned = true;
    this.#release(pending);
    if (pending.operation === Operation.Take || pending.watching)
      this.#tell(Operation.Cancel, number);
  }

  /** A wire leads to the owner. Says who asks, and asks again for everything that has no answer. */
  attach(wire: Wire): void {
    this.#wire = wire;
    this.#reader = new FrameReader((operation, number, buffer, at, end) => {
      if (this.#wire !== wire) return;
      this.#cursor.reset(buffer, at, end);
      this.#onFrame(operation, number, this.#cursor);
    });
    // What waits in the writer is among the pending frames.
    this.#frames.drain();
    const hello = this.#frames;
    hello.begin(Operation.Hello, 0);
    hello.u32(PROTOCOL_VERSION);
    hello.text(this.session);
    hello.f64(this.#firstPending());
    const { pid, startedAt } = this.#owner.holder;
    hello.u32(pid);
    hello.f64(startedAt);
    hello.u8(this.#durability === "power" ? 1 : 0);
    const frames = [hello.end()];
    hello.drain();
    for (const [number, pending] of this.#pending) {
      pending.parts = undefined;
      if (pending.operation === Operation.Take) patchWait(pending, this.#owner.now());
      if (pending.operation === Operation.Take || !pending.abandoned) frames.push(pending.frame);
      else this.#forget(number, pending);
    }
    wire.write(frames);
  }

  /** The wire is gone. */
  detach(): void {
    this.#wire = undefined;
    if (this.#awaited === 0) this.#whenEmpty?.();
    this.#whenLeft?.();
  }

  /** Bytes from the wire that is attached. */
  receive(chunk: Buffer): void {
    this.#heardAt = this.#looks;
    try {
      this.#reader.push(chunk);
    } catch (error) {
      this.#events.refused(error instanceof Error ? error : invalidFrame("a frame cannot be read"));
    }
  }

  /**
   * One look: true where requests have waited for `patience` looks and nothing was heard in all of them.
   * A silent owner is asked for a sign of life.
   */
  look(patience: number): boolean {
    this.#looks++;
    if (this.#pending.size === 0) {
      this.#heardAt = this.#looks;
      return false;
    }
    this.#tell(Operation.Ping, 0);
    return this.#looks - this.#heardAt > patience;
  }

  /** Fails every request that has waited for `patience` looks. The owner may still apply what it has been sent. */
  failOld(patience: number, errorOf: (operation: number) => Error): void {
    for (const [number, pending] of this.#pending) {
      if (pending.abandoned || this.#looks - pending.askedAt < patience) continue;
      this.abandon(number);
      pending.fail(errorOf(pending.operation));
    }
  }

  /** Fails everything: no owner will ever answer. */
  failAll(error: Error): void {
    for (const [number, pending] of this.#pending) {
      this.#forget(number, pending);
      if (!pending.abandoned) pending.fail(error);
    }
  }

  /** Resolves when nothing waits for an answer, abandoned requests included. */
  async empty(): Promise<void> {
    if (this.#pending.size === 0) return;
    await new Promise<void>((resolve) => {
      this.#whenEmpty = resolve;
    });
  }

  /** Takes leave: what this process has on loan stays good for whoever holds the receipts. */
  async leave(): Promise<void> {
    if (this.#wire === undefined) return;
    this.#keepAlive.hold();
    await new Promise<void>((resolve) => {
      this.#whenLeft = resolve;
      this.#tell(Operation.Goodbye, 0);
    });
    this.#keepAlive.release();
  }

  #onFrame(operation: number, number: number, cursor: FrameCursor): void {
    switch (operation) {
      case Operation.Reply:
        this.#onReply(number, cursor);
        break;
      case Operation.Part: {
        const pending = this.#pending.get(number);
        if (pending === undefined) return;
        pending.parts ??= [];
        pending.parts.push(cursor.rest());
        break;
      }
      case Operation.Failed:
        this.#onFailed(number, decodeError(cursor.text()));
        break;
      case Operation.Welcome: {
        cursor.u32();
        this.#events.welcome(cursor.f64(), cursor.u32());
        break;
      }
      case Operation.Goodbye:
        this.#whenLeft?.();
        break;
      case Operation.Pong:
        break;
      default:
        throw invalidFrame(`operation ${operation} is not known`);
    }
  }

  #onReply(number: number, cursor: FrameCursor): void {
    const pending = this.#pending.get(number);
    if (pending === undefined) return;
    if (pending.parts !== undefined) {
      const whole = Buffer.concat([...pending.parts, cursor.rest()]);
      cursor.reset(whole, 0, whole.length);
    }
    pending.answer(cursor);
    this.#forget(number, pending);
  }

  #onFailed(number: number, error: Error): void {
    if (number === 0) {
      this.#events.refused(error);
      return;
    }
    const pending = this.#pending.get(number);
    if (pending === undefined) return;
    this.#forget(number, pending);
    if (!pending.abandoned) pending.fail(error);
  }

  #forget(number: number, pending: Pending): void {
    this.#pending.delete(number);
    if (!pending.abandoned) this.#release(pending);
    if (this.#pending.size === 0) this.#whenEmpty?.();
  }

  #release({ watching }: Pending): void {
    if (watching) return;
    this.#awaited--;
    this.#keepAlive.release();
  }

  /** The number of the oldest request without an answer: everything below it is over. */
  #firstPending(): number {
    for (const [low] of this.#pending) {
      const behind = ((this.#number >>> 0) - low) >>> 0;
      return this.#number - behind;
    }
    return this.#number + 1;
  }

  #tell(operation: number, number: number): void {
    if (this.#wire === undefined) return;
    this.#frames.begin(operation, number);
    this.#frames.end();
    this.#flushSoon();
  }

  /** Everything that was asked in this turn leaves in one write. */
  #flushSoon(): void {
    if (this.#flushing || this.#wire === undefined) return;
    this.#flushing = true;
    process.nextTick(this.#flushLater);
  }

  #flush(): void {
    this.#flushing = false;
    if (this.#wire === undefined) return;
    const frames = this.#frames.drain();
    if (frames.length > 0) this.#wire.write(frames);
  }
}

/** A repeated take waits for what remains of its wait; one that nobody waits for only brings back what it was given. */
function patchWait({ frame, waitEndsAt, abandoned }: Pending, now: number): void {
  const remaining = abandoned ? 0 : Math.max(0, waitEndsAt - now);
  frame.writeDoubleBE(remaining, FRAME_HEAD);
}

function thisProcess(): LinkOwner {
  return {
    session: randomBytes(8).toString("hex"),
    holder: ownProcess(),
    now: () => performance.now(),
  };
}
