import {
  type Delivery,
  type DeliveryEvent,
  type Handling,
  type Receiver,
  refuseUnknown,
  type VirtualClock,
} from "@alienplatform/bindings";
import type { QueueOperations } from "@alienplatform/bindings/operate";
import { AlienError, type Duration, parseDuration } from "@alienplatform/core";
import { Patience } from "./patience.ts";
import { type DrainedDelivery, runHandler } from "./run-handler.ts";
import { RunningLoan } from "./running-loan.ts";
import type { TestDriver } from "./test-driver.ts";
import { errorOf, noteThrown } from "./thrown.ts";

export interface DrainOptions {
  /**
   * "idle", the default: until no message is ready; time stands still, so delays, retries and leases wait.
   * "empty": until no message is left, with the clock advanced to each delay, retry and lease end in turn.
   */
  readonly until?: "idle" | "empty";
  /** Stops after so many deliveries. Without it, more than 10,000 are DRAIN_UNFINISHED: a loop without an end. */
  readonly maxMessages?: number;
  /** Handlers at once, default 1: the same order in every run. A queue's own .concurrency() holds too. */
  readonly concurrency?: number;
  /**
   * Rejects with what the first failing handler threw, the very error; also with what could not be decoded.
   * A verdict is no error, and neither is what failNext() made fail.
   */
  readonly failOnError?: boolean;
  /** Real time that a handler may take before drain() gives up with DRAIN_UNFINISHED; default "4s". */
  readonly patience?: Duration;
}

/** A queue with a handler. */
export interface HandledQueue {
  readonly driver: TestDriver;
  readonly operator: Pick<QueueOperations, "stats">;
  readonly handling: Handling;
  readonly timeoutMs: number | undefined;
}

const OPTIONS = [
  "until",
  "maxMessages",
  "concurrency",
  "failOnError",
  "patience",
] satisfies (keyof DrainOptions)[];
const MOST = 10_000;
/** Longer than any delay, lease or pause between attempts; what is not ready by then never will be. */
const LONGEST_WAIT_MS = 8 * 24 * 60 * 60 * 1000;

interface Source extends HandledQueue {
  readonly receiver: Receiver;
  readonly running: Map<string, RunningLoan>;
  /** Taken while waiting for time to pass. */
  readonly waiting: Delivery[];
}

/** One drain() over the queues that have handlers. */
export class Drain {
  readonly #given: DrainOptions;
  readonly #clock: VirtualClock;
  readonly #events: DrainedDelivery[] = [];
  readonly #running = new Set<Promise<void>>();
  readonly #thrown = new Map<string, unknown>();
  readonly #patience: Patience;
  #sources: readonly Source[] = [];
  /** Whose turn it is. */
  #turn = 0;
  #failure: { readonly error: unknown } | undefined;

  constructor(clock: VirtualClock, options: DrainOptions) {
    refuseUnknown("drain", options, OPTIONS);
    this.#clock = clock;
    this.#given = options;
    this.#patience = new Patience(parseDuration(options.patience ?? "4s", "patience"));
  }

  async run(queues: readonly HandledQueue[]): Promise<readonly DrainedDelivery[]> {
    try {
      this.#sources = await Promise.all(queues.map((queue) => this.#open(queue)));
      await this.#handleReady();
      while (this.#given.until === "empty" && this.#room() && (await this.#untilReady())) {
        await this.#handleReady();
      }
      return this.#events;
    } finally {
      this.#patience.end();
      for (const { receiver, waiting } of this.#sources) {
        const release = { kind: "release" } as const;
        await receiver.settle(waiting.map((delivery) => ({ delivery, outcome: release })));
        await receiver.close();
      }
    }
  }

  async #open(queue: HandledQueue): Promise<Source> {
    const { driver, handling } = queue;
    const { leaseMs } = handling.options;
    const running = new Map<string, RunningLoan>();
    const { concurrency: handlers = 1 } = this.#given;
    const options = {
      credit: handlers,
      handlers,
      leaseMs,
      onLost: ({ receipt }: Delivery) => running.get(receipt)?.lose(),
    };
    const receiver = await driver.open(options, (event) => this.#report(event, false));
    const noted = this.#given.failOnError ? noteThrown(handling, this.#thrown) : handling;
    return { ...queue, handling: noted, receiver, running, waiting: [] };
  }

  /** Handles what is ready until nothing is and all handlers are done. */
  async #handleReady(): Promise<void> {
    const { concurrency = 1 } = this.#given;
    for (;;) {
      let idle = this.#failure !== undefined;
      while (!idle && this.#running.size < concurrency && this.#room()) {
        idle = !(await this.#startNext()) || this.#failure !== undefined;
      }
      if (this.#running.size > 0) await this.#patience.wait(Promise.race(this.#running));
      else if (this.#failure !== undefined) throw this.#failure.error;
      else return;
    }
  }

  /** Whether one more may be handled. */
  #room(): boolean {
    return this.#started < (this.#given.maxMessages ?? Number.POSITIVE_INFINITY);
  }

  get #started(): number {
    return this.#events.length + this.#running.size;
  }

  /** Starts the next message, the queues taking turns; false where none is ready. */
  async #startNext(): Promise<boolean> {
    const before = this.#events.length;
    for (let tried = 0; tried < this.#sources.length; tried++) {
      const source = this.#sources[this.#turn++ % this.#sources.length];
      if (source === undefined) continue;
      const delivery = source.waiting.shift() ?? (await source.receiver.take(1, 0))[0];
      if (delivery !== undefined) this.#start(delivery, source);
      if (delivery !== undefined || this.#events.length > before) return true;
    }
    return false;
  }

  #start(delivery: Delivery, source: Source): void {
    if (this.#given.maxMessages === undefined && this.#started >= MOST) {
      source.waiting.push(delivery);
      this.#failure ??= { error: endless(this.#events) };
      return;
    }
    const { receiver, handling, timeoutMs, running } = source;
    const clock = this.#clock;
    const { leaseMs } = handling.options;
    const loan = new RunningLoan({ delivery, receiver, clock, leaseMs, timeoutMs });
    running.set(delivery.receipt, loan);
    const what = { queue: handling.queue, id: delivery.id, attempt: delivery.attempt, loan };
    this.#patience.begin(what);
    const run = runHandler(delivery, receiver, handling, loan, () => clock.now()).then((event) => {
      running.delete(delivery.receipt);
      this.#running.delete(run);
      this.#patience.done(what);
      this.#report(event, true);
    });
    this.#running.add(run);
  }

  #report(event: DeliveryEvent, handled: boolean): void {
    this.#events.push(event);
    if (!handled || !this.#given.failOnError || this.#failure !== undefined) return;
    const error = errorOf(event, this.#thrown);
    if (error !== undefined) this.#failure = { error };
  }

  /** Lets time pass until a message is ready, timer by timer; false where none will be. */
  async #untilReady(): Promise<boolean> {
    const stats = await Promise.all(this.#sources.map(({ operator }) => operator.stats()));
    if (stats.every(({ ready, delayed = 0, inFlight = 0 }) => ready + delayed + inFlight === 0)) {
      return false;
    }
    const before = this.#events.length;
    const stop = new AbortController();
    let ready = false;
    const takes = this.#sources.map(async ({ receiver, waiting }) => {
      const taken = await receiver.take(1, 2 * LONGEST_WAIT_MS, stop.signal);
      waiting.push(...taken);
      if (taken.length > 0 || this.#events.length > before) ready = true;
    });
    const taking = Promise.all(takes);
    taking.catch(() => undefined); // told below
    const until = this.#clock.now() + LONGEST_WAIT_MS;
    await this.#clock.advance(0);
    for (let at = this.#clock.next; !ready && at !== undefined; at = this.#clock.next) {
      if (at > until) break;
      await this.#clock.advance(at - this.#clock.now());
    }
    stop.abort();
    await taking;
    return ready;
  }
}

function endless(events: readonly DeliveryEvent[]): AlienError {
  const last = new Set(events.slice(-100).map(({ queue }) => `"${queue}"`));
  const text = `drain() has handled ${events.length} messages and there are more; the last 100 were of queue ${[...last].join(" and ")}`;
  return new AlienError("DRAIN_UNFINISHED", text, {
    fix: "Look for a handler that sends to its own queue, or pass maxMessages where so many are meant.",
    details: { deliveries: events.length },
  });
}
