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
import { LocalReceiver } from "./receiver.ts";

/** The local queue as a driver; the engine, here or in another process, does the work. */
export class LocalQueueDriver implements QueueDriver {
  readonly capabilities = capabilities;
  readonly #queues: LocalQueues;
  readonly #spec: QueueSpec;
  #declaring: Promise<void> | undefined;
  #declared = false;

  constructor(queues: LocalQueues, spec: QueueSpec) {
    this.#queues = queues;
    this.#spec = spec;
  }

  sizeOf(message: Outgoing): number {
    return sizeOf(message);
  }

  async send(messages: readonly Outgoing[]): Promise<readonly SendResult[]> {
    if (!this.#declared) await this.#declare();
    return this.#queues.send(this.#spec.name, messages);
  }

  async open(options: ReceiveOptions): Promise<Receiver> {
    if (!this.#declared) await this.#declare();
    return new LocalReceiver(this.#queues, this.#spec.name, options);
  }

  close(): Promise<void> {
    return this.#queues.close();
  }

  /** Once, at first use; a declaration that failed is tried again at the next. */
  #declare(): Promise<void> {
    this.#declaring ??= this.#queues.declare([this.#spec]).then(
      () => {
        this.#declared = true;
      },
      (error) => {
        this.#declaring = undefined;
        throw error;
      },
    );
    return this.#declaring;
  }
}
