import type { Sink } from "./batcher.ts";
import { Deferred } from "./deferred.ts";

/** Many items of one caller: one array of results, in order, however they were chunked. */
export class GroupSink<Result> extends Deferred<readonly Result[]> implements Sink<Result> {
  readonly #results: Result[];
  #left: number;

  constructor(count: number) {
    super();
    this.#results = new Array<Result>(count);
    this.#left = count;
    if (count === 0) this.resolve(this.#results);
  }

  settle(position: number, result: Result): void {
    this.#results[position] = result;
    this.#left--;
    if (this.#left === 0) this.resolve(this.#results);
  }
}
