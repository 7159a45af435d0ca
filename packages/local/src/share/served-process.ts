import { AlienError } from "@alienplatform/core";
import { isCallName } from "../engine/calls.ts";
import type { CallContext, CallName, CallParameters, Origin, QueueSpec } from "../engine/port.ts";
import { FrameCursor, FrameReader, type FrameWriter, invalidFrame } from "./frame.ts";
import { readOutgoing, writeDelivery } from "./message-codec.ts";
import type { OwnedQueues } from "./owned.ts";
import { CALLS, type CallMethod, Operation, PROTOCOL_VERSION } from "./protocol.ts";
import { ReplyWriter } from "./reply-writer.ts";
import { readSettlement, writeSendResult, writeSettleResult } from "./result-codec.ts";
import type { Wire } from "./wire.ts";

/** One connected process as the owner sees it: its requests in, the engine's answers out. */
export class ServedProcess {
  readonly #queues: OwnedQueues;
  readonly #wire: Wire;
  readonly #replies: ReplyWriter;
  readonly #reader = new FrameReader((operation, request, buffer, at, end) => {
    this.#cursor.reset(buffer, at, end);
    if (!this.#left && !this.#refused) this.#onFrame(operation, request, this.#cursor);
  });
  readonly #cursor = new FrameCursor();
  readonly #waits = new Map<number, AbortController>();
  /** Requests that the engine has not answered yet. */
  #open = 0;
  #whenIdle: (() => void) | undefined;
  #session: string | undefined;
  /** Of the request numbers: a frame carries the lower 32 bits, this counts the times they wrapped. */
  #epoch = 0;
  #last = 0;
  /** Nothing more is read. */
  #left = false;
  /** As left, but without a goodbye: where bytes have made no sense, what comes behind them may be cut anywhere. */
  #refused = false;

  constructor(queues: OwnedQueues, wire: Wire) {
    this.#queues = queues;
    this.#wire = wire;
    this.#replies = new ReplyWriter(wire);
  }

  /** undefined before the hello. */
  get session(): string | undefined {
    return this.#session;
  }

  /** Whether it said goodbye, so that what it has on loan stays on loan. */
  get left(): boolean {
    return this.#left;
  }

  /** Bytes as they arrive. What is not of the protocol ends this connection and harms nothing else. */
  receive(chunk: Buffer): void {
    if (this.#refused) return;
    try {
      this.#reader.push(chunk);
    } catch (error) {
      const reason = error instanceof AlienError ? error : invalidFrame(`a frame cannot be read`);
      this.#refused = true;
      this.#replies.failure(0, reason);
      this.#replies.flush();
      this.#wire.end();
    }
  }

  /** Ends its waits and resolves when the engine has answered everything it was asked. */
  async stop(): Promise<void> {
    for (const wait of this.#waits.values()) wait.abort();
    if (this.#open === 0) return;
    await new Promise<void>((resolve) => {
      this.#whenIdle = resolve;
    });
  }

  /** The owner closes: what is under way is answered, and waits are left to the next owner. */
  async dismiss(): Promise<void> {
    this.#left = true;
    const waits = [...this.#waits.values()];
    this.#waits.clear();
    for (const wait of waits) wait.abort();
    await this.stop();
    this.#replies.flush();
  }

  #onFrame(operation: number, request: number, cursor: FrameCursor): void {
    if (this.#session === undefined) {
      if (operation !== Operation.Hello) throw invalidFrame("the first frame is not a hello");
      this.#hello(cursor);
      return;
    }
    switch (operation) {
      case Operation.Send:
        this.#send(this.#origin(this.#session, request), request, cursor);
        break;
      case Operation.Take:
        this.#take(this.#origin(this.#session, request), request, cursor);
        break;
      case Operation.Settle:
        this.#settle(this.#origin(this.#session, request), request, cursor);
        break;
      case Operation.Extend:
        this.#extend(this.#origin(this.#session, request), request, cursor);
        break;
      case Operation.Call:
        this.#call(this.#origin(this.#session, request), request, cursor);
        break;
      case Operation.Cancel:
        this.#waits.get(request)?.abort();
        break;
      case Operation.Ping:
        this.#replies.bare(Operation.Pong);
        break;
      case Operation.Goodbye:
        void this.#goodbye(this.#session);
        break;
      default:
        throw invalidFrame(`operation ${operation} is not known`);
    }
  }

  #hello(cursor: FrameCursor): void {
    const version = cursor.u32();
    if (version !== PROTOCOL_VERSION) throw versionsDiffer(version);
    const session = cursor.text();
    if (!/^[0-9a-f]{16}$/.test(session)) throw invalidFrame("a hello names no session");
    const first = cursor.f64();
    if (!Number.isSafeInteger(first) || first < 1)
      throw invalidFrame("a hello counts from nowhere");
    const holder = { pid: cursor.u32(), startedAt: cursor.f64() };
    if (holder.pid < 1 || holder.pid >= 2 ** 31) throw invalidFrame("a hello names no process");
    if (!Number.isSafeInteger(holder.startedAt) || holder.startedAt < 0)
      throw invalidFrame("a hello names a process of no time");
    const durability = cursor.u8() === 1 ? "power" : "process";
    this.#epoch = Math.floor(first / 2 ** 32);
    this.#last = first >>> 0;
    this.#session = session;
    this.#queues.attachSession(session, holder, durability);
    this.#replies.welcome(this.#queues.term);
  }

  #origin(session: string, request: number): Origin {
    // Numbers only rise along a connection, so a smaller one has passed 2^32.
    if (request < this.#last) this.#epoch++;
    this.#last = request;
    return { session, request: this.#epoch * 2 ** 32 + request };
  }

  #send(origin: Origin, request: number, cursor: FrameCursor): void {
    const queue = cursor.text();
    const messages = readMany(cursor, readOutgoing);
    this.#answer(request, this.#queues.send(queue, messages, origin), writeSendResult);
  }

  #settle(origin: Origin, request: number, cursor: FrameCursor): void {
    const queue = cursor.text();
    const settlements = readMany(cursor, readSettlement);
    this.#answer(request, this.#queues.settle(queue, settlements, origin), writeSettleResult);
  }

  #extend(origin: Origin, request: number, cursor: FrameCursor): void {
    const leaseMs = cursor.f64();
    const queue = cursor.text();
    const receipts = readMany(cursor, readText);
    const extended = this.#queues.extend(queue, receipts, leaseMs, origin);
    this.#answer(request, extended, writeSettleResult);
  }

  #take(origin: Origin, request: number, cursor: FrameCursor): void {
    const [waitMs, max, leaseMs] = [cursor.f64(), cursor.u32(), cursor.f64()];
    const taker = { number: cursor.u32(), handlers: cursor.u32() };
    const options = { waitMs, max, leaseMs, taker: taker.number === 0 ? undefined : taker };
    const queue = cursor.text();
    if (!(options.waitMs > 0)) {
      const taken = this.#queues.take(queue, options, undefined, origin);
      this.#answer(request, taken, writeDelivery);
      return;
    }
    const wait = new AbortController();
    this.#waits.set(request, wait);
    this.#open++;
    this.#queues.take(queue, options, wait.signal, origin).then(
      (deliveries) => {
        // A wait that this owner's closing ended is not answered: the next owner goes on with it.
        const dismissed = !this.#waits.delete(request);
        if (!dismissed || deliveries.length > 0) {
          this.#replies.items(request, deliveries, writeDelivery);
        }
        this.#done();
      },
      (error) => {
        if (this.#waits.delete(request)) this.#replies.failure(request, error);
        this.#done();
      },
    );
  }

  #call(origin: Origin, request: number, cursor: FrameCursor): void {
    const name = cursor.text();
    const method = CALLS.find((known) => known === name);
    if (method === undefined) throw invalidFrame("a call names a method that does not exist");
    // The link wrote the method's own parameters; the engine checks them as it checks anyone's.
    const parameters = JSON.parse(cursor.text()) as readonly unknown[];
    const wait = new AbortController();
    this.#waits.set(request, wait);
    this.#open++;
    this.#called(method, parameters, { origin, signal: wait.signal }).then(
      (value) => {
        this.#waits.delete(request);
        this.#replies.json(request, value);
        this.#done();
      },
      (error) => {
        // As for takes: a wait that this owner's closing ended is left to the next owner.
        const dismissed = !this.#waits.delete(request);
        if (!dismissed || !isAborted(error)) this.#replies.failure(request, error);
        this.#done();
      },
    );
  }

  async #called(
    method: CallMethod,
    parameters: readonly unknown[],
    context: CallContext,
  ): Promise<unknown> {
    if (method === "declare") return this.#queues.declare(parameters[0] as readonly QueueSpec[]);
    if (method === "list") return this.#queues.list();
    const [queue, name, of] = parameters as [string, unknown, CallParameters<CallName>];
    if (!isCallName(name)) throw invalidFrame("a call is of a name that does not exist");
    return this.#queues.call(queue, name, of, context);
  }

  #answer<Item>(
    request: number,
    items: Promise<readonly Item[]>,
    write: (frame: FrameWriter, item: Item) => void,
  ): void {
    this.#open++;
    items.then(
      (answered) => {
        this.#replies.items(request, answered, write);
        this.#done();
      },
      (error) => {
        this.#replies.failure(request, error);
        this.#done();
      },
    );
  }

  async #goodbye(session: string): Promise<void> {
    this.#left = true;
    await this.stop();
    // Where the store has failed, its leases end by themselves.
    await this.#queues.endSession(session, { clean: true }).catch(() => undefined);
    this.#replies.bare(Operation.Goodbye);
    this.#replies.flush();
    this.#wire.end();
  }

  #done(): void {
    if (--this.#open === 0) this.#whenIdle?.();
  }
}

function readMany<Item>(cursor: FrameCursor, read: (cursor: FrameCursor) => Item): Item[] {
  const count = cursor.u32();
  const items: Item[] = [];
  for (let index = 0; index < count; index++) items.push(read(cursor));
  return items;
}

function isAborted(error: unknown): boolean {
  return error instanceof AlienError && error.code === "ABORTED";
}

function readText(cursor: FrameCursor): string {
  return cursor.text();
}

function versionsDiffer(version: number): AlienError {
  return new AlienError(
    "PROTOCOL_VERSION",
    `process ${process.pid} owns the local queues and speaks version ${PROTOCOL_VERSION} of their protocol, this process speaks version ${version}`,
    {
      fix: "Use one version of @alienplatform/local in both programs, or stop one of them.",
      details: { owner: PROTOCOL_VERSION, own: version, pid: process.pid },
    },
  );
}
