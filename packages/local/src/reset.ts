import { rm } from "node:fs/promises";
import { join } from "node:path";
import { AlienError } from "@alienplatform/core";
import { ClassicLevel } from "classic-level";
import { storeFiles } from "./store/disk.ts";

/** What we put beside the store. Nothing else is removed: it may be any directory of the user's. */
const OURS = ["socket", "stack.json", storeFiles.watermark, storeFiles.damage, storeFiles.reserve];

/** Forgets everything we keep in a data directory; STORAGE_IN_USE where a process has it open. */
export async function resetLocalQueues(directory: string): Promise<void> {
  try {
    // LevelDB takes its lock for this, so nothing is taken from under another process, and it removes
    // no file that is not its own.
    await ClassicLevel.destroy(join(directory, storeFiles.level));
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "LEVEL_LOCKED")) throw error;
    throw new AlienError(
      "STORAGE_IN_USE",
      `another process uses the local queues in ${directory}`,
      {
        fix: "Stop it first, whatever has them open: alien dev, or a program that sends or receives.",
        details: { directory },
        cause: error,
      },
    );
  }
  for (const name of OURS) await rm(join(directory, name), { force: true });
}
