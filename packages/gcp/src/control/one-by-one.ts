/** Runs what changes one thing after the other: a policy is read and written whole, and refused to who is late. */
export class OneByOne {
  readonly #last = new Map<string, Promise<unknown>>();

  async run<Result>(key: string, work: () => Promise<Result>): Promise<Result> {
    const before = this.#last.get(key) ?? Promise.resolve();
    const mine = before.then(work, work);
    this.#last.set(key, mine);
    return mine;
  }
}
