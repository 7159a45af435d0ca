import type {
  Outgoing,
  QueueDriver,
  ReceiveOptions,
  Receiver,
  SendResult,
} from "@alienplatform/bindings";
import { capabilities } from "../capabilities.ts";
import type { LocalQueues, QueueSpec } from "../engine/port.ts";
import { sizeOf } from "../engine/size.ts";
import { CountingReceiver, releasesCount } from "./counting-receiver.ts";
import { Declaration } from "./declaration.ts";
import { LocalReceiver } from "./receiver.ts";
import { UnreliableReceiver, unreliableSeed } from "./unreliable-receiver.ts";

/** The local queue as a driver; the engine, here or in another process, does the work. */
export class LocalQueueDriver implements QueueDriver {
  readonly capabilities = capabilities;
  readonly #queues: LocalQueues;
  readonly #spec: QueueSpec;
  readonly #declaration: Declaration;

  constructor(queues: LocalQueues, spec: QueueSpec) {
    this.#queues = queues;
    this.#spec = spec;
    this.#declaration = new Declaration(queues, spec);
  }

  sizeOf(message: Outgoing): number {
    return sizeOf(message);
  }

  async send(messages: readonly Outgoing[]): Promise<readonly SendResult[]> {
    if (!this.#declaration.made) await this.#declaration.make();
    return this.#queues.send(this.#spec.name, messages);
  }

  async open(options: ReceiveOptions): Promise<Receiver> {
    if (!this.#declaration.made) await this.#declaration.make();
    const receiver = new LocalReceiver(this.#queues, this.#spec.name, options);
    if (options.onPause !== undefined) receiver.watch(options.onPause);
    const { fifo, maxAttempts } = this.#spec;
    const counted = releasesCount(process.env) ? new CountingReceiver(receiver) : receiver;
    const seed = fifo ? undefined : unreliableSeed(process.env);
    return seed === undefined ? counted : new UnreliableReceiver(counted, maxAttempts, seed);
  }

  close(): Promise<void> {
    return this.#queues.close();
  }
}
