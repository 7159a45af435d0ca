import { AlienError } from "@alienplatform/core";
import type { PauseRequest, QueueControl } from "./control.ts";
import type {
  DeadLetter,
  DeadLetterImport,
  DeadLetterOperator,
  DeadLetterQuery,
  DeadLetterSweep,
  SweptPage,
} from "./dead-letter.ts";
import type { Headers, QueueCapabilities, SendResult, SettleResult } from "./driver.ts";
import type { Job } from "./job.ts";
import type { PeekedMessage, PeekOptions, QueueOperator, QueueStats } from "./operator.ts";

export interface PlainOperatorOptions {
  readonly queue: string;
  readonly capabilities: QueueCapabilities;
  readonly dead: DeadLetterOperator;
}

/**
 * Operates a queue of a service that keeps messages and nothing beside them: no job records, and no decisions of
 * operators. What needs those is refused with the nearest alternative.
 */
export abstract class PlainOperator implements QueueOperator {
  protected readonly queue: string;
  protected readonly capabilities: QueueCapabilities;
  readonly #dead: DeadLetterOperator;

  constructor({ queue, capabilities, dead }: PlainOperatorOptions) {
    this.queue = queue;
    this.capabilities = capabilities;
    this.#dead = dead;
  }

  abstract stats(): Promise<QueueStats>;
  abstract purge(): Promise<number>;
  abstract close(): Promise<void>;

  peek(_options: PeekOptions): Promise<readonly PeekedMessage[]> {
    return this.refuse(
      "cannot show messages without taking them",
      this.capabilities.stats === "none" ? "Receive them." : "Receive them, or look at stats.",
    );
  }

  deadLetters(query: DeadLetterQuery): Promise<readonly DeadLetter[]> {
    return this.#dead.deadLetters(query);
  }

  deadLetter(id: string): Promise<DeadLetter | undefined> {
    return this.#dead.deadLetter(id);
  }

  editDeadLetter(
    id: string,
    change: { readonly body: string; readonly kind: Headers["kind"] },
  ): Promise<SettleResult> {
    return this.#dead.editDeadLetter(id, change);
  }

  redrive(
    ids: readonly string[],
    options?: { readonly to?: string },
  ): Promise<readonly SettleResult[]> {
    return this.#dead.redrive(ids, options);
  }

  discard(ids: readonly string[]): Promise<readonly SettleResult[]> {
    return this.#dead.discard(ids);
  }

  sweep(sweep: DeadLetterSweep): AsyncIterable<SweptPage> {
    return this.#dead.sweep(sweep);
  }

  importDeadLetters(
    letters: readonly DeadLetter[],
    import_?: DeadLetterImport,
  ): Promise<readonly SendResult[]> {
    return this.#dead.importDeadLetters(letters, import_);
  }

  /** There is no place to keep decisions; what somebody has decided about the service's trigger is not asked for. */
  async control(): Promise<QueueControl> {
    return { version: 0, unknown: true };
  }

  /** What never changes is waited for until the signal. */
  controlAfter(_version: number, signal: AbortSignal): Promise<QueueControl> {
    return new Promise((_, reject) => {
      const abort = () =>
        reject(
          new AlienError("ABORTED", "the wait for another decision was aborted", {
            fix: "Wait again, with another signal.",
          }),
        );
      if (signal.aborted) abort();
      else signal.addEventListener("abort", abort, { once: true });
    });
  }

  pause(_pause: PauseRequest): Promise<void> {
    return this.refuse(
      "cannot be paused from here",
      `Declare .trigger(queue, { paused: true }) on its consumer in alien.ts and deploy.`,
    );
  }

  async resume(): Promise<void> {
    // Nothing is paused.
  }

  bind(): Promise<void> {
    return this.refuse(
      "is consumed by what alien.ts declares",
      "Move .trigger(queue) to the other function in alien.ts and deploy.",
    );
  }

  async unbind(): Promise<void> {
    // The consumer is the declared one.
  }

  job(): Promise<Job | undefined> {
    return this.#noJobs();
  }

  jobs(): Promise<readonly Job[]> {
    return this.#noJobs();
  }

  jobEnded(): Promise<Job | undefined> {
    return this.#noJobs();
  }

  requeueJob(): Promise<SettleResult> {
    return this.#noJobs();
  }

  cancelJob(): Promise<SettleResult> {
    return this.#noJobs();
  }

  #noJobs(): Promise<never> {
    const text = `queue "${this.queue}" on ${this.capabilities.service} keeps no records of jobs`;
    return Promise.reject(
      new AlienError("JOBS_NOT_KEPT", text, {
        fix: "Let the handler write its result where you look for it.",
      }),
    );
  }

  protected refuse(what: string, fix: string): Promise<never> {
    const text = `queue "${this.queue}" on ${this.capabilities.service} ${what}`;
    return Promise.reject(new AlienError("UNSUPPORTED", text, { fix }));
  }
}
