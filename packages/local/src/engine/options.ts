import type { Clock } from "@alienplatform/bindings";
import type { Storage } from "../store/storage.ts";
import type { Holder } from "./sessions.ts";
import type { Random } from "./token.ts";

/** What a resolved promise has survived: a power cut, or the end of the process only. */
export type Durability = "power" | "process";

/** Where an engine keeps its queues, and where time and randomness come from. */
export interface EngineOptions {
  /** Not open yet; the engine opens and closes it. */
  readonly storage: Storage;
  readonly clock: Clock;
  readonly random: Random;
  /** What the engine's own process wants; "power" of any other that is attached goes before it. */
  readonly durability: Durability;
  /** How long after opening the sessions of before may come back to what they have on loan. */
  readonly graceMs?: number;
  /** Whether a process that had a session still lives; without it none does. */
  readonly isRunning?: (holder: Holder) => boolean;
  /** Bytes of segments kept in memory. */
  readonly windowBytes?: number;
}
