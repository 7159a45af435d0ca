import { randomBytes } from "node:crypto";
import type { Clock } from "@alienplatform/bindings";
import { Engine } from "./engine/engine.ts";
import type { Durability } from "./engine/options.ts";
import { isLocked, storageError } from "./errors.ts";
import type { OwnedQueues } from "./share/owned.ts";
import { isRunning } from "./share/process-holder.ts";
import { DiskStorage } from "./store/disk.ts";

export interface StoreOptions {
  readonly directory: string;
  readonly clock: Clock;
  readonly durability: Durability;
}

/** Opens the store of a data directory; undefined where another process has it open. */
export async function openStore(options: StoreOptions): Promise<OwnedQueues | undefined> {
  const { directory, clock, durability } = options;
  try {
    const storage = new DiskStorage(directory);
    return await Engine.open({ storage, clock, random: randomBytes, durability, isRunning });
  } catch (error) {
    if (isLocked(error)) return undefined;
    throw storageError(error, directory);
  }
}
