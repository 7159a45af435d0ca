import type { Clock } from "@alienplatform/bindings";
import type { WriteBatch } from "../store/storage.ts";
import type { DeadBook } from "./dead.ts";
import type { Groups } from "./groups.ts";
import type { Lane } from "./lane.ts";
import type { LeaseBook } from "./leases.ts";
import type { LooseBook } from "./loose.ts";
import type { QueueSpec } from "./port.ts";

/** What the pieces of one queue share. */
export interface QueueParts {
  readonly number: number;
  readonly clock: Clock;
  readonly leases: LeaseBook;
  readonly loose: LooseBook;
  readonly dead: DeadBook;
  spec(): QueueSpec;
  /** In a FIFO queue. */
  groups(): Groups | undefined;
  lane(priority: number): Lane;
  /** By priority, the highest first. */
  lanes(): readonly Lane[];
  nextSerial(): number;
  purgedBelow(): number;
  /** The commit being built. */
  batch(): WriteBatch;
}
