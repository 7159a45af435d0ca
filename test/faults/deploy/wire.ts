/** At which call a process is killed. */
export interface CallKill {
  /** From 1, of those that write where `writes`, else of all. */
  readonly call: number;
  readonly writes: boolean;
  /** Whether the vendor still does it. */
  readonly when: "before" | "after";
}

/** What stands at the vendor, whoever marked it or not. */
export interface Inventory {
  /** One for each part, in words. */
  readonly there: ReadonlySet<string>;
  /** Each call that was to make what was there already. */
  readonly twice: readonly string[];
  /** How many things were made. */
  readonly made: number;
}

/**
 * The wire of one process at a time. What the process has sent arrives, whatever becomes of the process; all but the call
 * that it was killed before.
 */
export abstract class Wire {
  abstract readonly inventory: Inventory;
  /** The variables that lead a process to it. */
  abstract readonly environment: Readonly<Record<string, string>>;
  readonly #onTheWay = new Set<Promise<unknown>>();
  #kill: (CallKill & { readonly run: () => Promise<void> }) | undefined;
  #matching = 0;
  /** Since `begin`. */
  calls = 0;
  /** Those that write. */
  wrote: string[] = [];

  abstract close(): Promise<void>;

  /** Counts anew, and kills at a call if it is told to. */
  begin(at: CallKill | undefined, run: () => Promise<void>): void {
    this.#kill = at === undefined ? undefined : { ...at, run };
    this.#matching = 0;
    this.calls = 0;
    this.wrote = [];
  }

  /** Resolves when all that a process has sent has been carried out. */
  async quiet(): Promise<void> {
    while (this.#onTheWay.size > 0) await Promise.allSettled(this.#onTheWay);
  }

  /** The vendor's answer to a call, which its words name; undefined where the process that asked is dead. */
  protected async carry<Answer>(
    call: string,
    writes: boolean,
    send: () => Promise<Answer>,
  ): Promise<Answer | undefined> {
    this.calls += 1;
    if (writes) this.wrote.push(call);
    const kill = this.#kill;
    const matches = kill !== undefined && (writes || !kill.writes);
    if (matches) this.#matching += 1;
    if (!matches || this.#matching !== kill.call) return this.#forward(send);
    if (kill.when === "after") await this.#forward(send);
    await kill.run();
    return undefined;
  }

  #forward<Answer>(send: () => Promise<Answer>): Promise<Answer> {
    const going = send().finally(() => this.#onTheWay.delete(going));
    this.#onTheWay.add(going);
    return going;
  }
}
