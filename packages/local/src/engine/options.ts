import type { Clock } from "@alienplatform/bindings";
import type { Storage } from "../store/storage.ts";
import type { Holder } from "./sessions.ts";
import type { Random } from "./token.ts";

/** Where an engine keeps its queues, and where time and randomness come from. */
export interface EngineOptions {
  /** Not open yet; the engine opens and closes it. */
  readonly storage: Storage;
  readonly clock: Clock;
  readonly random: Random;
  /** "power": on the disk before a promise resolves. "process": survives the process, not the power. */
  readonly durability: "power" | "process";
  /** How long after opening the sessions of before may come back to what they have on loan. */
  readonly graceMs?: number;
  /** Whether a process that had a session still lives; without it none does. */
  readonly isRunning?: (holder: Holder) => boolean;
  /** Bytes of segments kept in memory. */
  readonly windowBytes?: number;
}
