import { randomBytes } from "node:crypto";
import { VirtualClock } from "@alienplatform/bindings";
import { DiskStorage, Engine, memoryStorage } from "../../src/engine/index.ts";
import { WatchedStorage } from "./watched-storage.ts";

/** An engine on a virtual clock that waits for the storage; without a directory it is in memory. */
export async function openEngine(directory?: string) {
  const virtual = new VirtualClock();
  const watched = new WatchedStorage(
    directory === undefined ? memoryStorage() : new DiskStorage(directory),
  );
  const engine = await Engine.open({
    storage: watched.storage,
    clock: virtual,
    random: randomBytes,
    durability: "power",
  });
  const clock = {
    now: () => virtual.now(),
    schedule: (delayMs: number, run: () => void) => virtual.schedule(delayMs, run),
    advance: async (byMs: number) => {
      await watched.idle();
      await virtual.advance(byMs);
      await watched.idle();
    },
  };
  return { engine, clock };
}
