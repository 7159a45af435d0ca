import type { Clock, Delivery, HandlerLease, Receiver } from "@alienplatform/bindings";

export interface RunningLoanOptions {
  readonly delivery: Delivery;
  readonly receiver: Receiver;
  readonly clock: Clock;
  readonly leaseMs: number;
  /** How long the handler may take; undefined is for ever. */
  readonly timeoutMs: number | undefined;
}

/**
 * The loan of a handler that drain() runs: renewed from half its length on, as long as the handler runs,
 * and over when it is lost or the handler has run out of time. All by the test's clock.
 */
export class RunningLoan implements HandlerLease {
  /** Resolves where the loan ends before its handler: to what the handler failed with, or to nothing where it is lost. */
  readonly over: Promise<Error | undefined>;
  readonly #given: RunningLoanOptions;
  readonly #controller = new AbortController();
  readonly #timers: (() => void)[] = [];
  #end: (error: Error | undefined) => void = () => undefined;

  constructor(options: RunningLoanOptions) {
    this.#given = options;
    this.over = new Promise((resolve) => {
      this.#end = resolve;
    });
    const { clock, leaseMs, timeoutMs } = options;
    this.#timers.push(clock.schedule(leaseMs / 2, () => void this.#renew()));
    if (timeoutMs !== undefined) {
      this.#timers.push(clock.schedule(timeoutMs, () => this.#timeOut(timeoutMs)));
    }
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  async extend(leaseMs: number): Promise<void> {
    const { receiver, delivery } = this.#given;
    const [extended] = await receiver.extend([delivery], leaseMs);
    if (extended?.ok === false) throw extended.error;
  }

  /** The lease ended: the message comes back. */
  lose(): void {
    this.abort("LEASE_EXPIRED", "the lease was lost; the message comes back");
    this.#end(undefined);
  }

  abort(code: string, message: string): void {
    this.#controller.abort({ code, message });
  }

  /** The handler is done. */
  finish(): void {
    for (const cancel of this.#timers) cancel();
  }

  async #renew(): Promise<void> {
    const { receiver, delivery, clock, leaseMs } = this.#given;
    const [result] = await receiver.extend([delivery], leaseMs);
    if (result?.ok) this.#timers[0] = clock.schedule(leaseMs / 2, () => void this.#renew());
    else this.lose();
  }

  #timeOut(timeoutMs: number): void {
    const error = new Error(`the handler took longer than ${timeoutMs} ms`);
    error.name = "TimeoutError";
    this.abort(error.name, error.message);
    this.#end(error);
  }
}
