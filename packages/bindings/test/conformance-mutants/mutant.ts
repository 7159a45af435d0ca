import { ReferenceDriver, ReferenceQueue } from "../../conformance/index.ts";
import type { Clock } from "../../src/clock.ts";
import type { QueueOptions } from "../../src/queue/binding.ts";

/** A driver with one fault, and the case that must find it. */
export interface Mutant {
  /** What it does wrong, in the present tense. */
  readonly does: string;
  readonly caughtBy: string;
  make(name: string, options: QueueOptions, clock: Clock): ReferenceDriver;
}

/** A mutant whose fault is in the queue. */
export function inQueue(does: string, caughtBy: string, Queue: typeof ReferenceQueue): Mutant {
  return { does, caughtBy, make: (...made) => new ReferenceDriver(new Queue(...made)) };
}

/** A mutant whose fault is in the connection to it. */
export function inDriver(does: string, caughtBy: string, Driver: typeof ReferenceDriver): Mutant {
  return { does, caughtBy, make: (...made) => new Driver(new ReferenceQueue(...made)) };
}
