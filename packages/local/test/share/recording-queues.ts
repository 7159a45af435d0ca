import type { Delivery, Outgoing, SendResult, SettleResult } from "@alienplatform/bindings";
import type { Durability } from "../../src/engine/options.ts";
import type { Origin, ReceiptSettlement, TakeOptions } from "../../src/engine/port.ts";
import type { Holder } from "../../src/engine/sessions.ts";
import type { OwnedQueues } from "../../src/share/owned.ts";

/** Stands where the engine stands and writes down what it is asked; nothing is ever ready. */
export class RecordingQueues implements OwnedQueues {
  term = 1;
  readonly asked: string[] = [];
  /** What a repeated request must carry again. */
  readonly origins: Origin[] = [];
  readonly ready: Delivery[] = [];
  /** What the last that was attached wants. */
  durability: Durability | undefined;
  /** Resolved by what is asked next, so that a test can wait for it. */
  #told: (() => void) | undefined;

  /** Resolves at the next request. */
  next(): Promise<void> {
    return new Promise((resolve) => {
      this.#told = resolve;
    });
  }

  attachSession(session: string, _holder?: Holder, durability?: Durability): void {
    this.durability = durability;
    this.#tell(`attach ${session}`);
  }

  async endSession(session: string, options?: { readonly clean?: boolean }): Promise<void> {
    this.#tell(`${options?.clean === true ? "leave" : "end"} ${session}`);
  }

  async send(
    queue: string,
    messages: readonly Outgoing[],
    origin?: Origin,
  ): Promise<readonly SendResult[]> {
    if (origin !== undefined) this.origins.push(origin);
    this.#tell(`send ${queue} ${messages.map(({ body }) => body).join()}`);
    return messages.map(({ id }) => ({ ok: true, id, deduplicated: false }));
  }

  take(queue: string, options: TakeOptions, signal?: AbortSignal): Promise<readonly Delivery[]> {
    this.#tell(`take ${queue} ${options.max} ${options.leaseMs}`);
    const deliveries = this.ready.splice(0, options.max);
    if (deliveries.length > 0 || signal === undefined) return Promise.resolve(deliveries);
    return new Promise((resolve) => {
      signal.addEventListener("abort", () => {
        this.#tell("wait ended");
        resolve([]);
      });
    });
  }

  async settle(
    queue: string,
    settlements: readonly ReceiptSettlement[],
  ): Promise<readonly SettleResult[]> {
    const outcomes = settlements.map(({ receipt, outcome }) => `${receipt}:${outcome.kind}`);
    this.#tell(`settle ${queue} ${outcomes.join()}`);
    return settlements.map(() => ({ ok: true, applied: true }));
  }

  async extend(
    queue: string,
    receipts: readonly string[],
    leaseMs: number,
  ): Promise<readonly SettleResult[]> {
    this.#tell(`extend ${queue} ${receipts.join()} ${leaseMs}`);
    return receipts.map(() => ({ ok: true, applied: false }));
  }

  async declare(): Promise<void> {
    this.#tell("declare");
  }

  async list() {
    return [];
  }

  async stats() {
    return { ready: 1, delayed: 2, inFlight: 3, dead: 4 };
  }

  async peek(queue: string) {
    this.#tell(`peek ${queue}`);
    const body = "x".repeat(10 * 1024 * 1024);
    const headers = { kind: "text" } as const;
    return [{ id: "1", body, headers, state: "ready" as const, attempts: 0, sentAt: 0 }];
  }

  async purge(): Promise<number> {
    throw new TypeError("a name is missing");
  }

  async deadLetters() {
    return [];
  }

  async redrive(_queue: string, _ids: readonly string[], origin?: Origin) {
    if (origin !== undefined) this.origins.push(origin);
    return [];
  }

  async discard(queue: string, ids: readonly string[], origin?: Origin) {
    return this.redrive(queue, ids, origin);
  }

  async close(): Promise<void> {
    this.#tell("close");
  }

  #tell(what: string): void {
    this.asked.push(what);
    this.#told?.();
  }
}
