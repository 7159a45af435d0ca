const DEFAULT_LIMIT = 10;

/** How many may work with each of a vendor's APIs at once; the others wait in line. */
export class ApiSlots {
  readonly #limits: Readonly<Record<string, number>>;
  readonly #taken = new Map<string, number>();
  readonly #waiting = new Map<string, (() => void)[]>();

  constructor(limits: Readonly<Record<string, number>>) {
    this.#limits = limits;
  }

  async run<Result>(api: string, work: () => Promise<Result>): Promise<Result> {
    await this.#take(api);
    try {
      return await work();
    } finally {
      this.#give(api);
    }
  }

  #take(api: string): Promise<void> {
    const taken = this.#taken.get(api) ?? 0;
    if (taken < (this.#limits[api] ?? DEFAULT_LIMIT)) {
      this.#taken.set(api, taken + 1);
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      const line = this.#waiting.get(api) ?? [];
      this.#waiting.set(api, line);
      line.push(resolve);
    });
  }

  /** A slot goes to the next in line without ever being free. */
  #give(api: string): void {
    const next = this.#waiting.get(api)?.shift();
    if (next !== undefined) next();
    else this.#taken.set(api, (this.#taken.get(api) ?? 1) - 1);
  }
}
