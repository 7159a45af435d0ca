import type {
  DeadLetter,
  DeadLetterQuery,
  DeadLetterSweep,
  Headers,
  Job,
  JobQuery,
  JobsPage,
  PauseRequest,
  PeekedMessage,
  PeekOptions,
  QueueControl,
  QueueOperator,
  QueueStats,
  SendResult,
  SettleResult,
  SweptPage,
} from "@alienplatform/bindings";
import {
  type PlatformOperate,
  type QueueInspector,
  sweepPages,
} from "@alienplatform/bindings/operate";
import { directoryOf, openLocalQueues } from "./client.ts";
import type {
  CallAnswer,
  CallName,
  CallParameters,
  LocalQueues,
  QueueSpec,
} from "./engine/port.ts";
import { Declaration } from "./queue/declaration.ts";
import { specOf } from "./queue/spec.ts";

export { type LocalQueuesOptions, openLocalQueues } from "./client.ts";
export { LocalClock } from "./clock.ts";
export type { LocalQueues, QueueSpec } from "./engine/port.ts";
export type { StoreTime } from "./engine/store-clock.ts";
export { resetLocalQueues } from "./reset.ts";

const utf8 = new TextDecoder();

/** Operates one local queue: looks, counts, removes, brings dead letters back. */
export class LocalQueueOperator implements QueueOperator {
  readonly #queues: LocalQueues;
  readonly #queue: string;
  readonly #declaration: Declaration;

  constructor(queues: LocalQueues, spec: QueueSpec) {
    this.#queues = queues;
    this.#queue = spec.name;
    this.#declaration = new Declaration(queues, spec);
  }

  async #call<Name extends CallName>(
    name: Name,
    ...parameters: CallParameters<Name>
  ): Promise<CallAnswer<Name>> {
    if (!this.#declaration.made) await this.#declaration.make();
    return this.#queues.call(this.#queue, name, parameters);
  }

  async #wait<Name extends CallName>(
    name: Name,
    signal: AbortSignal,
    ...parameters: CallParameters<Name>
  ): Promise<CallAnswer<Name>> {
    if (!this.#declaration.made) await this.#declaration.make();
    return this.#queues.call(this.#queue, name, parameters, { signal });
  }

  stats(): Promise<QueueStats> {
    return this.#call("stats");
  }

  peek(options: PeekOptions): Promise<readonly PeekedMessage[]> {
    return this.#call("peek", options);
  }

  purge(): Promise<number> {
    return this.#call("purge");
  }

  deadLetters(query: DeadLetterQuery): Promise<readonly DeadLetter[]> {
    return this.#call("deadLetters", query);
  }

  deadLetter(id: string): Promise<DeadLetter | undefined> {
    return this.#call("deadLetter", id);
  }

  editDeadLetter(
    id: string,
    change: { readonly body: string; readonly kind: Headers["kind"] },
  ): Promise<SettleResult> {
    return this.#call("editDeadLetter", id, change);
  }

  redrive(
    ids: readonly string[],
    options: { readonly to?: string } = {},
  ): Promise<readonly SettleResult[]> {
    return this.#call("redrive", ids, options);
  }

  discard(ids: readonly string[]): Promise<readonly SettleResult[]> {
    return this.#call("discard", ids);
  }

  sweep(sweep: DeadLetterSweep): AsyncIterable<SweptPage> {
    return sweepPages(this, sweep);
  }

  control(): Promise<QueueControl> {
    return this.#call("control");
  }

  controlAfter(version: number, signal: AbortSignal): Promise<QueueControl> {
    return this.#wait("controlAfter", signal, version);
  }

  pause(pause: PauseRequest): Promise<void> {
    return this.#call("pause", pause);
  }

  resume(): Promise<void> {
    return this.#call("resume");
  }

  bind(consumer: string, status: "active" | "paused"): Promise<void> {
    return this.#call("bind", consumer, status);
  }

  unbind(): Promise<void> {
    return this.#call("unbind");
  }

  job(id: string): Promise<Job | undefined> {
    return this.#call("job", id);
  }

  jobs(query: JobQuery): Promise<readonly Job[]> {
    return this.#call("jobs", query);
  }

  jobsPage(query: JobQuery): Promise<JobsPage> {
    return this.#call("jobsPage", query);
  }

  jobEnded(id: string, signal: AbortSignal): Promise<Job | undefined> {
    return this.#wait("jobEnded", signal, id);
  }

  requeueJob(id: string): Promise<SettleResult> {
    return this.#call("requeueJob", id);
  }

  cancelJob(id: string): Promise<SettleResult> {
    return this.#call("cancelJob", id);
  }

  importDeadLetters(letters: readonly DeadLetter[]): Promise<readonly SendResult[]> {
    // What is not text elsewhere is none here; the engine keeps text.
    const texts = letters.map((letter) =>
      typeof letter.body === "string" ? letter : { ...letter, body: utf8.decode(letter.body) },
    );
    return this.#call("importDeadLetters", texts);
  }

  /** What this platform can tell of a queue beyond its counts. */
  readonly inspector: QueueInspector = {
    message: (id) => this.#call("message", id),
    messages: (page) => this.#call("messages", page),
    groups: (limit) => this.#call("groups", limit),
    keys: (limit) => this.#call("keys", limit),
    consumers: () => this.#call("consumers"),
    activity: (after, signal) =>
      after === undefined ? this.#wait("activity", signal) : this.#wait("activity", signal, after),
    expedite: (id) => this.#call("expedite", id),
  };

  close(): Promise<void> {
    return this.#queues.close();
  }
}

/** The operating half of the local platform. */
export const operate: PlatformOperate = {
  platform: "local",
  queue(binding, clock) {
    const queues = openLocalQueues({ directory: directoryOf(binding), clock });
    return new LocalQueueOperator(queues, specOf(binding));
  },
};
