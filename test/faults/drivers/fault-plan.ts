import type { Chance } from "../../simulation/chance.ts";
import { chanceOf } from "./chance.ts";

/** What a request asks of the service, as far as faults go. */
export type Operation = "send" | "receive" | "settle" | "other";

/** What is done to one request or its answer. */
export type Fault =
  /** Refused: too many requests. */
  | "throttle"
  /** Refused: not at the moment. */
  | "unavailable"
  /** The connection is cut before the service has the request. */
  | "cut before"
  /** The service carries the request out, and the connection is cut in place of the answer. */
  | "cut after"
  /** The service carries the request out and says that it did not. */
  | "unavailable after"
  /** Some entries of a batch are refused, some of those carried out all the same. */
  | "partial"
  /** The service says of some receipts that they are not good any more. */
  | "expired"
  /** The answer comes late, and others overtake it. */
  | "slow"
  /** The service ends a link with an error. */
  | "detach"
  /** Messages are given in another order, and some once more by a later answer. */
  | "again";

/** Which faults an operation can have, where the protocol knows no fewer. */
const possible: Readonly<Record<Operation, readonly Fault[]>> = {
  send: [
    "throttle",
    "unavailable",
    "cut before",
    "cut after",
    "unavailable after",
    "partial",
    "slow",
  ],
  receive: [
    "throttle",
    "unavailable",
    "cut before",
    "cut after",
    "unavailable after",
    "slow",
    "again",
  ],
  settle: [
    "throttle",
    "unavailable",
    "cut before",
    "cut after",
    "unavailable after",
    "partial",
    "expired",
    "slow",
    "detach",
  ],
  other: ["throttle", "unavailable", "cut before", "slow"],
};

/**
 * Which requests meet which fault. The seed decides it for the n-th request of each operation, so that a seed makes
 * the same choices again whatever the order of requests is. Half of the seeds have a single kind of fault.
 */
export class FaultPlan {
  readonly #seed: number;
  readonly #kinds: ReadonlySet<Fault>;
  /** How many of a hundred requests meet one. */
  readonly percent: number;
  readonly #counts = new Map<Operation, number>();
  #calm = false;

  /** Of the faults that the protocol can have, one of so many percent of the requests meet one. */
  constructor(
    seed: number,
    able: readonly [Fault, ...Fault[]],
    percents: readonly [number, ...number[]] = [5, 15, 30, 50],
  ) {
    const chance = chanceOf(seed, "plan");
    this.#seed = seed;
    this.#kinds = new Set(chance.is(0.5) ? [chance.pick(able)] : able);
    this.percent = chance.pick(percents);
  }

  /** As the seed has it, for a report. */
  get words(): string {
    return `${this.percent} % ${[...this.#kinds].join(", ")}`;
  }

  /** What the next request of the operation meets, and the chances that are its own. */
  next(operation: Operation): { readonly fault: Fault | undefined; readonly chance: Chance } {
    const count = this.#counts.get(operation) ?? 0;
    this.#counts.set(operation, count + 1);
    const chance = chanceOf(this.#seed, operation, count);
    const kinds = possible[operation].filter((kind) => this.#kinds.has(kind));
    const hit = chance.is(this.percent / 100);
    const fault = chance.any(kinds);
    return { fault: hit && !this.#calm ? fault : undefined, chance };
  }

  /** No faults from here on. */
  calm(): void {
    this.#calm = true;
  }
}
