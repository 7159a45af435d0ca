import type { Storage } from "../store/storage.ts";
import type { Commit } from "./commit.ts";
import type { DeadLetterQueue } from "./parts.ts";
import type { StoreClock } from "./store-clock.ts";
import type { TokenSource } from "./token.ts";
import type { WindowBudget } from "./window.ts";

/** What a queue is to the others of its store. */
export interface Neighbour extends DeadLetterQueue {
  readonly name: string;
  readonly fifo: boolean;
  readonly control: {
    /** Fails with QUEUE_PAUSED where a redriven message would be dead at once. */
    refuseRedrive(): void;
  };
  /** Makes a redriven message ready, with the commit being built. */
  comeBack(record: Buffer): void;
}

/** What all queues of a store share. */
export interface StoreParts {
  readonly storage: Storage;
  readonly commit: Commit;
  readonly clock: StoreClock;
  /** Of this opening. */
  readonly term: number;
  readonly tokens: TokenSource;
  readonly budget: WindowBudget;
  /** The number of the process that a session is of, where that is known. */
  readonly processOf: (session: string) => number | undefined;
  /** By name. */
  readonly queues: ReadonlyMap<string, Neighbour>;
}
