import type { Delivery, Outgoing, SendResult, SettleResult } from "@alienplatform/bindings";
import { AlienError } from "@alienplatform/core";
import type { Durability } from "../../src/engine/options.ts";
import type {
  CallAnswer,
  CallContext,
  CallName,
  CallParameters,
  Origin,
  ReceiptSettlement,
  TakeOptions,
} from "../../src/engine/port.ts";
import type { Holder } from "../../src/engine/sessions.ts";
import type { OwnedQueues } from "../../src/share/owned.ts";

/** Stands where the engine stands and writes down what it is asked; nothing is ever ready. */
export class RecordingQueues implements OwnedQueues {
  term = 1;
  readonly asked: string[] = [];
  /** What a repeated request must carry again. */
  readonly origins: Origin[] = [];
  readonly ready: Delivery[] = [];
  /** Whether calls stay without an answer until their signal aborts. */
  waits = false;
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

  async call<Name extends CallName>(
    queue: string,
    name: Name,
    _parameters: CallParameters<Name>,
    { origin, signal }: CallContext = {},
  ): Promise<CallAnswer<Name>> {
    if (origin !== undefined) this.origins.push(origin);
    this.#tell(`${name} ${queue}`);
    if (this.waits && signal !== undefined) await this.#aborted(signal);
    // What each call answers here, by its name.
    return this.#answers[name]() as CallAnswer<Name>;
  }

  readonly #answers: { readonly [Name in CallName]: () => CallAnswer<Name> } = {
    stats: () => ({ ready: 1, delayed: 2, inFlight: 3, dead: 4 }),
    peek: () => {
      const body = "x".repeat(10 * 1024 * 1024);
      const headers = { kind: "text" } as const;
      return [{ id: "1", body, headers, state: "ready", attempts: 0, sentAt: 0 }];
    },
    purge: () => {
      throw new TypeError("a name is missing");
    },
    deadLetters: () => [],
    deadLetter: () => undefined,
    editDeadLetter: () => ({ ok: true, applied: true }),
    importDeadLetters: () => [],
    message: () => undefined,
    messages: () => [],
    groups: () => [],
    keys: () => [],
    consumers: () => [],
    activity: () => ({ cursor: "", events: [], skipped: 0 }),
    expedite: () => ({ ok: true, applied: true }),
    redrive: () => [],
    discard: () => [],
    control: () => ({ version: 0 }),
    controlAfter: () => ({ version: 1 }),
    pause: () => undefined,
    resume: () => undefined,
    bind: () => undefined,
    unbind: () => undefined,
    job: () => undefined,
    jobs: () => [],
    jobsPage: () => ({ jobs: [], next: undefined }),
    jobEnded: () => undefined,
    requeueJob: () => ({ ok: true, applied: true }),
    cancelJob: () => ({ ok: true, applied: true }),
    clock: () => ({ now: 0, aheadMs: 0 }),
    advanceClock: () => ({ now: 0, aheadMs: 0 }),
  };

  #aborted(signal: AbortSignal): Promise<never> {
    return new Promise((_, reject) => {
      signal.addEventListener("abort", () => {
        this.#tell("call ended");
        reject(new AlienError("ABORTED", "the call was given up"));
      });
    });
  }

  async close(): Promise<void> {
    this.#tell("close");
  }

  #tell(what: string): void {
    this.asked.push(what);
    this.#told?.();
  }
}
