import type { Clock } from "@alienplatform/bindings";
import type { OwnedQueues } from "./share/owned.ts";

export interface StoreOptions {
  readonly directory: string;
  readonly clock: Clock;
  readonly durability: "power" | "process";
}

/** Opens the store of a data directory; undefined where another process has it open. */
export async function openStore(_options: StoreOptions): Promise<OwnedQueues | undefined> {
  throw new Error("the engine is not here yet");
}
