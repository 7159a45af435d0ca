import { isId } from "@alienplatform/core";
import { DeadLetters } from "../dead-letters/dead-letters.ts";
import { CheckedInspector } from "./checked-inspector.ts";
import type { Pause, QueueControl } from "./control.ts";
import type { QueueInspector } from "./inspector.ts";
import { Jobs } from "./jobs.ts";
import type { OpenOperator, OperatorOpener, QueueOperationsOptions } from "./open-operator.ts";
import type { PeekedMessage, PeekOptions, QueueStats } from "./operator.ts";
import { type PageOptions, readPage } from "./page.ts";
import { type PauseOptions, readPause } from "./read-pause.ts";
import { refuseUnknown } from "./unknown-option.ts";

export interface BindOptions {
  /** "paused" leaves handlers uncalled until the queue is resumed. */
  readonly status?: "active" | "paused";
}

/** What operators do with a queue: count, look, remove, pause, decide about its dead letters. Does no I/O before its first use. */
export class QueueOperations {
  /** The queue's name. */
  readonly name: string;
  /** What is not delivered any more. */
  readonly dead: DeadLetters;
  /** What became of messages, where the queue keeps that. */
  readonly jobs: Jobs;
  readonly #open: OperatorOpener;
  #opening: Promise<OpenOperator> | undefined;

  constructor(open: OperatorOpener, { queue, schema }: QueueOperationsOptions) {
    this.name = queue;
    this.#open = open;
    this.dead = new DeadLetters(this.#opened, { queue, schema });
    this.jobs = new Jobs(this.#opened, queue);
  }

  #opened = (): Promise<OpenOperator> => {
    this.#opening ??= Promise.resolve()
      .then(this.#open)
      .catch((error) => {
        this.#opening = undefined;
        throw error;
      });
    return this.#opening;
  };

  async stats(): Promise<QueueStats> {
    const { operator } = await this.#opened();
    return operator.stats();
  }

  /** Messages as they wait, without taking them: at most `limit`, 1..500, 10 unless told otherwise. */
  async peek(options: PageOptions = {}): Promise<readonly PeekedMessage[]> {
    const page: PeekOptions = readPage("peek", options);
    const { operator } = await this.#opened();
    return operator.peek(page);
  }

  /** What the platform can tell beyond counts; undefined where its messages cannot be looked at. */
  async inspector(): Promise<QueueInspector | undefined> {
    const { inspector } = (await this.#opened()).operator;
    return inspector && new CheckedInspector(inspector);
  }

  /** Removes ready and delayed messages at once and those in flight at lease end; never dead letters. Answers how many at once. */
  async purge(): Promise<number> {
    const { operator } = await this.#opened();
    return operator.purge();
  }

  /**
   * No handler is called any more, in any process; what runs goes on to its end, and polled receive goes on.
   * Replaces the pause that there is.
   */
  async pause(reason: string, options: PauseOptions = {}): Promise<void> {
    const { operator, clock } = await this.#opened();
    return operator.pause(readPause(reason, options, clock.now()));
  }

  /** Handlers are called again; nothing where the queue is not paused. */
  async resume(): Promise<void> {
    const { operator } = await this.#opened();
    return operator.resume();
  }

  /** Why no handler is called; undefined where they are. */
  async paused(): Promise<Pause | undefined> {
    return (await this.control()).pause;
  }

  /** All that operators have decided about the queue. */
  async control(): Promise<QueueControl> {
    const { operator } = await this.#opened();
    return operator.control();
  }

  /** Waits for another decision than the one of this version; fails with ABORTED. Keeps no process alive. */
  async controlAfter(version: number, signal: AbortSignal): Promise<QueueControl> {
    const { operator } = await this.#opened();
    return operator.controlAfter(version, signal);
  }

  /** Lets another function of the stack consume the queue, active unless told otherwise. */
  async bind(consumer: string, options: BindOptions = {}): Promise<void> {
    if (!isId(consumer))
      throw new TypeError('bind() takes a function\'s id: bind("worker", { status: "active" }).');
    refuseUnknown("bind", options, ["status"]);
    const { operator } = await this.#opened();
    return operator.bind(consumer, options.status ?? "active");
  }

  /** Back to the consumer that alien.ts declares; a pause stays. */
  async unbind(): Promise<void> {
    const { operator } = await this.#opened();
    return operator.unbind();
  }

  async close(): Promise<void> {
    const opening = this.#opening;
    if (opening === undefined) return;
    await (await opening).operator.close();
  }
}
