let takenResolve: (value: unknown) => void;
let takenReject: (error: unknown) => void;

/** One executor for all promises: a closure for each would cost more than the promise. */
const take = (resolve: (value: unknown) => void, reject: (error: unknown) => void): void => {
  takenResolve = resolve;
  takenReject = reject;
};

/** A promise with its two ends beside it, to be extended by what knows when to use them. */
export class Deferred<Value> {
  readonly promise: Promise<Value>;
  protected readonly resolve: (value: Value) => void;
  protected readonly reject: (error: unknown) => void;

  constructor() {
    // What `take` has just been given belongs to this promise, whatever its value's type.
    const promise: Promise<unknown> = new Promise(take);
    this.promise = promise as Promise<Value>;
    this.resolve = takenResolve;
    this.reject = takenReject;
  }
}
