import type { Clock, StateTable, TableItem, TableKey, TablePage } from "@alienplatform/bindings";
import type { D1Link, Row } from "./d1-link.ts";
import { DELETE, GET, INSERT, LIST, REPLACE, SWEEP } from "./statements.ts";

/** How long what is over stays: longer than any two clocks differ. */
const KEPT_MS = 24 * 60 * 60 * 1_000;
/** One put in so many removes what is over, since D1 does not: at most so many, and so more than are made. */
const SWEEP_ONE_IN = 50;
const SWEPT = 100;

export interface D1TableOptions {
  readonly link: D1Link;
  readonly clock: Clock;
  /** Default 50. */
  readonly sweepOneIn?: number;
}

/**
 * The state table of a stage in D1: each verb is one statement. D1 rather than a Durable Object: both carry out one write
 * at a time, and only D1 is reached from outside of a Worker, where operators are.
 */
export class D1Table implements StateTable {
  readonly #link: D1Link;
  readonly #clock: Clock;
  readonly #sweepOneIn: number;

  constructor({ link, clock, sweepOneIn = SWEEP_ONE_IN }: D1TableOptions) {
    this.#link = link;
    this.#clock = clock;
    this.#sweepOneIn = sweepOneIn;
  }

  async get({ partition, sort }: TableKey, signal?: AbortSignal): Promise<TableItem | undefined> {
    const [found] = await this.#link(GET, [partition, sort, this.#now()], signal);
    return found === undefined ? undefined : toItem(found);
  }

  async put(
    { partition, sort, value, expiresAt }: Omit<TableItem, "version">,
    version: string | undefined,
    signal?: AbortSignal,
  ): Promise<string | undefined> {
    const next = crypto.randomUUID();
    const expires = expiresAt === undefined ? "" : String(expiresAt);
    const parameters = [partition, sort, value, next, expires, this.#now()];
    const written =
      version === undefined
        ? await this.#link(INSERT, parameters, signal)
        : await this.#link(REPLACE, [...parameters, version], signal);
    if (Math.random() * this.#sweepOneIn < 1) await this.#sweep(signal);
    return written.length === 0 ? undefined : next;
  }

  async delete(
    { partition, sort }: TableKey,
    version: string,
    signal?: AbortSignal,
  ): Promise<boolean> {
    const parameters = [partition, sort, version, this.#now()];
    return (await this.#link(DELETE, parameters, signal)).length > 0;
  }

  async list(
    partition: string,
    { limit, after = "" }: TablePage,
    signal?: AbortSignal,
  ): Promise<readonly TableItem[]> {
    const parameters = [partition, after, this.#now(), String(limit)];
    return (await this.#link(LIST, parameters, signal)).map(toItem);
  }

  async close(): Promise<void> {
    // Nothing is open between calls.
  }

  async #sweep(signal: AbortSignal | undefined): Promise<void> {
    const since = String(this.#clock.now() - KEPT_MS);
    // What was put is put: a sweep that fails is left to the next one.
    await this.#link(SWEEP, [since, String(SWEPT)], signal).catch(() => undefined);
  }

  #now(): string {
    return String(this.#clock.now());
  }
}

function toItem({ part, sort, value, version, expires }: Row): TableItem {
  const item = {
    partition: String(part),
    sort: String(sort),
    value: String(value),
    version: String(version),
  };
  return typeof expires === "number" ? { ...item, expiresAt: expires } : item;
}
