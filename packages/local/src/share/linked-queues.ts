import type { Delivery, Outgoing, SendResult, SettleResult } from "@alienplatform/bindings";
import { AlienError } from "@alienplatform/core";
import type {
  CallAnswer,
  CallContext,
  CallName,
  CallParameters,
  LocalQueues,
  QueueSpec,
  ReceiptSettlement,
  TakeOptions,
} from "../engine/port.ts";
import { withErrors } from "./error-codec.ts";
import { FRAME_MAX, type FrameCursor, type FrameWriter } from "./frame.ts";
import { readDelivery, writeOutgoing } from "./message-codec.ts";
import type { OwnerLink } from "./owner-link.ts";
import { type CallMethod, Operation } from "./protocol.ts";
import { readSendResult, readSettleResult, writeSettlement } from "./result-codec.ts";

/** The queues of another process: each method is one frame out and one frame back. */
export class LinkedQueues implements LocalQueues {
  readonly #link: OwnerLink;
  /** What ends the wait of each take that has not been answered. */
  readonly #waits = new Set<() => void>();

  constructor(link: OwnerLink) {
    this.#link = link;
  }

  async declare(specs: readonly QueueSpec[]): Promise<void> {
    await this.#call("declare", [specs]);
  }

  list(): Promise<readonly QueueSpec[]> {
    return this.#call("list", []);
  }

  send(queue: string, messages: readonly Outgoing[]): Promise<readonly SendResult[]> {
    const frame = this.#link.begin(Operation.Send);
    frame.text(queue);
    frame.u32(messages.length);
    for (const message of messages) writeOutgoing(frame, message);
    return this.#ask(frame, Operation.Send, `one send to queue "${queue}"`, (cursor) => {
      const count = cursor.u32();
      return messages.slice(0, count).map(({ id }) => readSendResult(cursor, id));
    });
  }

  take(queue: string, options: TakeOptions, signal?: AbortSignal): Promise<readonly Delivery[]> {
    if (signal?.aborted) return Promise.resolve([]);
    const frame = this.#link.begin(Operation.Take);
    frame.f64(options.waitMs);
    frame.u32(options.max);
    frame.f64(options.leaseMs);
    frame.u32(options.taker?.number ?? 0);
    frame.u32(options.taker?.handlers ?? 0);
    frame.text(queue);
    return new Promise((resolve, reject) => {
      let waiting = true;
      const stop = () => {
        waiting = false;
        this.#waits.delete(abort);
        signal?.removeEventListener("abort", abort);
      };
      const abort = () => {
        stop();
        this.#link.abandon(number);
        resolve([]);
      };
      const number = this.#link.ask(
        Operation.Take,
        options.waitMs,
        (cursor) => {
          const deliveries = readMany(cursor, readDelivery);
          if (!waiting) {
            this.#giveBack(queue, deliveries);
            return;
          }
          stop();
          resolve(deliveries);
        },
        (error) => {
          stop();
          reject(error);
        },
      );
      this.#waits.add(abort);
      signal?.addEventListener("abort", abort);
    });
  }

  settle(
    queue: string,
    settlements: readonly ReceiptSettlement[],
  ): Promise<readonly SettleResult[]> {
    const frame = this.#link.begin(Operation.Settle);
    frame.text(queue);
    frame.u32(settlements.length);
    for (const settlement of settlements) writeSettlement(frame, settlement);
    const what = `one settle of queue "${queue}"`;
    return this.#ask(frame, Operation.Settle, what, readSettleResults);
  }

  extend(
    queue: string,
    receipts: readonly string[],
    leaseMs: number,
  ): Promise<readonly SettleResult[]> {
    const frame = this.#link.begin(Operation.Extend);
    frame.f64(leaseMs);
    frame.text(queue);
    frame.u32(receipts.length);
    for (const receipt of receipts) frame.text(receipt);
    const what = `one extend of queue "${queue}"`;
    return this.#ask(frame, Operation.Extend, what, readSettleResults);
  }

  call<Name extends CallName>(
    queue: string,
    name: Name,
    parameters: CallParameters<Name>,
    { signal }: CallContext = {},
  ): Promise<CallAnswer<Name>> {
    const asked = [queue, name, parameters];
    return signal === undefined
      ? this.#call<CallAnswer<Name>>("call", asked, name)
      : this.#wait<CallAnswer<Name>>(asked, signal);
  }

  /** Ends the waits, and takes leave of the owner when everything that was asked is answered. */
  async close(): Promise<void> {
    for (const abort of [...this.#waits]) abort();
    await this.#link.empty();
    await this.#link.leave();
  }

  /** Sends what was begun. Too long a frame would cost everybody in this process the connection. */
  #ask<Answer>(
    frame: FrameWriter,
    operation: number,
    what: string,
    read: (cursor: FrameCursor) => Answer,
  ): Promise<Answer> {
    if (frame.length > FRAME_MAX) return Promise.reject(tooLarge(what, frame.length));
    return new Promise((resolve, reject) => {
      this.#link.ask(operation, 0, (cursor) => resolve(read(cursor)), reject);
    });
  }

  #call<Answer>(
    method: CallMethod,
    parameters: readonly unknown[],
    what: string = method,
  ): Promise<Answer> {
    const frame = this.#begin(method, parameters);
    return this.#ask(frame, Operation.Call, `one ${what}`, readAnswer<Answer>);
  }

  #begin(method: CallMethod, parameters: readonly unknown[]): FrameWriter {
    const frame = this.#link.begin(Operation.Call);
    frame.text(method);
    frame.text(JSON.stringify(parameters));
    return frame;
  }

  /** A call that may stay without an answer for as long as nothing happens. */
  #wait<Answer>(parameters: readonly unknown[], signal: AbortSignal): Promise<Answer> {
    if (signal.aborted) return Promise.reject(aborted());
    this.#begin("call", parameters);
    return new Promise((resolve, reject) => {
      const stop = () => {
        this.#waits.delete(abort);
        signal.removeEventListener("abort", abort);
      };
      const abort = () => {
        stop();
        this.#link.abandon(number);
        reject(aborted());
      };
      const number = this.#link.watch(
        Operation.Call,
        (cursor) => {
          stop();
          resolve(readAnswer<Answer>(cursor));
        },
        (error) => {
          stop();
          reject(error);
        },
      );
      this.#waits.add(abort);
      signal.addEventListener("abort", abort);
    });
  }

  /** What a take brought after its caller had gone. */
  #giveBack(queue: string, deliveries: readonly Delivery[]): void {
    if (deliveries.length === 0) return;
    const settlements = deliveries.map(
      ({ receipt }): ReceiptSettlement => ({ receipt, outcome: { kind: "release" } }),
    );
    // Where this fails too, the messages come back at their lease's end.
    this.settle(queue, settlements).catch(() => undefined);
  }
}

function readMany<Item>(cursor: FrameCursor, read: (cursor: FrameCursor) => Item): Item[] {
  const count = cursor.u32();
  const items: Item[] = [];
  for (let index = 0; index < count; index++) items.push(read(cursor));
  return items;
}

/** The owner's own answer, whose type its method states. */
function readAnswer<Answer>(cursor: FrameCursor): Answer {
  const [value] = JSON.parse(cursor.rest().toString()) as [unknown];
  return withErrors(value) as Answer;
}

function aborted(): AlienError {
  return new AlienError("ABORTED", "the call was given up while it waited", {
    fix: "Nothing: its signal said so.",
  });
}

function readSettleResults(cursor: FrameCursor) {
  return readMany(cursor, readSettleResult);
}

function tooLarge(what: string, bytes: number): AlienError {
  return new AlienError(
    "MESSAGE_TOO_LARGE",
    `${what} is ${bytes} bytes; the local queue's socket takes ${FRAME_MAX}`,
    { fix: "Do it in several calls.", details: { bytes, limit: FRAME_MAX } },
  );
}
