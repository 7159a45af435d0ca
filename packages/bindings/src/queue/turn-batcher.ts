import type { Batcher, Sink } from "./batcher.ts";

export interface TurnBatcherOptions<Item, Result> {
  readonly maxItems: number;
  readonly maxBytes: number;
  /** One result per item, in order; never rejects. */
  readonly run: (items: readonly Item[]) => Promise<readonly Result[]>;
}

/**
 * Collects what is added within one microtask turn into one call per chunk. Hot: per item it makes
 * no closure, no array and no promise of its own.
 */
export class TurnBatcher<Item, Result> implements Batcher<Item, Result> {
  readonly #options: TurnBatcherOptions<Item, Result>;
  readonly #running = new Set<Promise<void>>();
  #open: Chunk<Item, Result> | undefined;

  constructor(options: TurnBatcherOptions<Item, Result>) {
    this.#options = options;
  }

  add(item: Item, bytes: number, sink: Sink<Result>, position: number): void {
    let chunk = this.#open;
    if (chunk === undefined) queueMicrotask(this.#flush);
    else if (
      chunk.items.length >= this.#options.maxItems ||
      chunk.bytes + bytes > this.#options.maxBytes
    ) {
      this.#dispatch(chunk);
      chunk = undefined;
    }
    if (chunk === undefined) {
      chunk = { items: [], sinks: [], positions: [], bytes: 0 };
      this.#open = chunk;
    }
    chunk.items.push(item);
    chunk.sinks.push(sink);
    chunk.positions.push(position);
    chunk.bytes += bytes;
  }

  async idle(): Promise<void> {
    this.#flush();
    await Promise.all(this.#running);
  }

  readonly #flush = (): void => {
    const chunk = this.#open;
    if (chunk === undefined) return;
    this.#open = undefined;
    this.#dispatch(chunk);
  };

  #dispatch(chunk: Chunk<Item, Result>): void {
    const running = this.#options.run(chunk.items).then((results) => {
      this.#running.delete(running);
      const { sinks, positions } = chunk;
      for (let index = 0; index < sinks.length; index++) {
        // `run` promises one result per item.
        sinks[index]?.settle(positions[index] as number, results[index] as Result);
      }
    });
    this.#running.add(running);
  }
}

interface Chunk<Item, Result> {
  readonly items: Item[];
  readonly sinks: Sink<Result>[];
  readonly positions: number[];
  bytes: number;
}
