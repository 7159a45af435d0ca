import type { LocalQueues, QueueSpec } from "../engine/port.ts";

/** Makes a queue known before its first use; a declaration that failed is tried again at the next. */
export class Declaration {
  readonly #queues: LocalQueues;
  readonly #spec: QueueSpec;
  #declaring: Promise<void> | undefined;
  #made = false;

  constructor(queues: LocalQueues, spec: QueueSpec) {
    this.#queues = queues;
    this.#spec = spec;
  }

  /** Whether there is nothing to wait for. */
  get made(): boolean {
    return this.#made;
  }

  make(): Promise<void> {
    this.#declaring ??= this.#queues.declare([this.#spec]).then(
      () => {
        this.#made = true;
      },
      (error) => {
        this.#declaring = undefined;
        throw error;
      },
    );
    return this.#declaring;
  }
}
