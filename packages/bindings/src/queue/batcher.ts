/** Makes few calls of many items, and gives each item its own result. */
export interface Batcher<Item, Result> {
  /**
   * `patienceMs` is how long the item may wait for company though nothing is under way; only what gathers over
   * time looks at it.
   */
  add(item: Item, bytes: number, sink: Sink<Result>, position: number, patienceMs?: number): void;
  /** Lets nothing wait any longer; resolves when everything added so far has its result. */
  idle(): Promise<void>;
}

/** Where the result of one item goes; `position` is the item's among those of the same sink. */
export interface Sink<Result> {
  settle(position: number, result: Result): void;
  /** Set where nobody wants the result any more: what has not gone out by then never does. */
  readonly gone?: boolean;
  /** The item goes out now. `leave` gives it up: a call that all its items have left is ended. */
  begun?(position: number, leave: () => void): void;
}
