import type { Clock } from "@alienplatform/bindings";
import type { WriteBatch } from "../store/storage.ts";
import type { DeadBook } from "./dead.ts";
import type { ActivityBook } from "./inspect/activity-book.ts";
import type { JobBook } from "./jobs/job-book.ts";
import type { Lane } from "./lane.ts";
import type { LeaseBook } from "./leases.ts";
import type { LooseBook } from "./loose.ts";
import type { Order } from "./order.ts";
import type { QueueSpec } from "./port.ts";
import type { Rates } from "./rates.ts";

/** Takes the dead letters of another queue. */
export interface DeadLetterQueue {
  /** Makes a message ready behind what is there, with the commit being built. */
  arrive(record: Buffer): void;
}

/** What the pieces of one queue share. */
export interface QueueParts {
  readonly number: number;
  readonly clock: Clock;
  readonly leases: LeaseBook;
  readonly loose: LooseBook;
  readonly dead: DeadBook;
  readonly jobs: JobBook;
  readonly rates: Rates;
  readonly activity: ActivityBook;
  /** FIFO groups and concurrency keys. */
  readonly order: Order;
  spec(): QueueSpec;
  lane(priority: number): Lane;
  /** By priority, the highest first. */
  lanes(): readonly Lane[];
  nextSerial(): number;
  purgedBelow(): number;
  /** The queue that dead letters go to; undefined where they stay. */
  deadLetterQueue(): DeadLetterQueue | undefined;
  /** The commit being built. */
  batch(): WriteBatch;
}
