import type { QueueControl } from "@alienplatform/bindings";

/** What tells of the decisions about one queue. */
export interface Controlled {
  control(): Promise<QueueControl>;
  controlAfter(version: number, signal: AbortSignal): Promise<QueueControl>;
}

interface Followed {
  readonly stop: AbortController;
  control: QueueControl;
}

const RETRY_MS = 1_000;
const UNKNOWN: QueueControl = { version: -1 };

/** Follows what operators decide about the queues of a stack that runs. */
export class Controls {
  readonly #operate: (queue: string) => Controlled;
  readonly #changed: (queue: string, before: QueueControl, now: QueueControl) => void;
  readonly #followed = new Map<string, Followed>();

  /** `changed` is told of what is found first, too, where something has been decided. */
  constructor(
    operate: (queue: string) => Controlled,
    changed: (queue: string, before: QueueControl, now: QueueControl) => void,
  ) {
    this.#operate = operate;
    this.#changed = changed;
  }

  /** Follows these queues and no others; resolves when it is known what has been decided about them. */
  async follow(queues: readonly string[]): Promise<void> {
    for (const [queue, { stop }] of this.#followed) {
      if (queues.includes(queue)) continue;
      stop.abort();
      this.#followed.delete(queue);
    }
    const added = queues.filter((queue) => !this.#followed.has(queue));
    await Promise.all(added.map((queue) => this.#begin(queue)));
  }

  /** The function that an operator has bound the queue to. */
  consumerOf(queue: string): string | undefined {
    return this.#followed.get(queue)?.control.consumer;
  }

  close(): void {
    for (const { stop } of this.#followed.values()) stop.abort();
    this.#followed.clear();
  }

  async #begin(queue: string): Promise<void> {
    const followed: Followed = { stop: new AbortController(), control: UNKNOWN };
    this.#followed.set(queue, followed);
    const operations = this.#operate(queue);
    // Asked and not waited for: a wait keeps no process alive, and so early nothing else may.
    this.#learn(queue, followed, await operations.control());
    void this.#go(queue, followed, operations);
  }

  async #go(queue: string, followed: Followed, operations: Controlled): Promise<void> {
    const { signal } = followed.stop;
    while (!signal.aborted) {
      try {
        await this.#next(queue, followed, operations);
      } catch {
        // The store is given up, or fails for now; whoever works with it says so.
        if (signal.aborted) return;
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS).unref());
      }
    }
  }

  async #next(queue: string, followed: Followed, operations: Controlled): Promise<void> {
    const { control, stop } = followed;
    this.#learn(queue, followed, await operations.controlAfter(control.version, stop.signal));
  }

  #learn(queue: string, followed: Followed, control: QueueControl): void {
    const { control: before, stop } = followed;
    if (stop.signal.aborted) return;
    followed.control = control;
    this.#changed(queue, before, control);
  }
}
