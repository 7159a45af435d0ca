import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { AlienError } from "@alienplatform/core";
import type { Row } from "./run.ts";
import { openStore, receiveAll } from "./store.ts";

const rounds = 3;
/** For what never comes. */
const PATIENCE_MS = 60_000;

/** F6: a small disk runs full: sends are refused, acks go on, and with space everything acknowledged is there. Needs root. */
export async function fullDiskCampaign(folder: string): Promise<Row> {
  const violations: string[] = [];
  let refusals = 0;
  let acks = 0;
  for (let round = 0; round < rounds; round++) {
    const disk = join(folder, `disk-${round}`);
    mkdirSync(disk);
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=96m", "tmpfs", disk]);
    try {
      const result = await fillOnce(join(disk, "store"), () =>
        execFileSync("mount", ["-o", "remount,size=256m", disk]),
      );
      refusals += result.refusals;
      acks += result.acks;
      violations.push(...result.violations);
    } finally {
      execFileSync("umount", ["-l", disk]);
    }
  }
  return {
    fault: "F6 full disk",
    done: `${rounds} rounds: ${refusals} sends refused, ${acks} acks while full`,
    violations,
  };
}

/** The store keeps a reserve from a few seconds after its first opening on. */
async function reserved(directory: string): Promise<void> {
  const until = Date.now() + PATIENCE_MS;
  while (Date.now() < until) {
    const file = statSync(join(directory, "reserve"), { throwIfNoEntry: false });
    if (file !== undefined && file.size >= 24 * 1024 * 1024) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("the store made no reserve");
}

async function fillOnce(
  directory: string,
  grow: () => void,
): Promise<{ refusals: number; acks: number; violations: string[] }> {
  const violations: string[] = [];
  const kept = new Set<string>();
  const store = await openStore(directory);
  for (let index = 0; index < 20; index++) {
    await store.tasks.send("tasks", { key: `early-${index}` });
    kept.add(`early-${index}`);
  }
  const early = await store.tasks.receive("tasks", 20, { lease: "10m" });
  await reserved(directory);
  // Random, because LevelDB compresses.
  const filler = randomBytes(45_000).toString("base64");
  let refusals = 0;
  for (let index = 0; index < 2_000 && refusals < 3; index++) {
    try {
      await store.tasks.send("tasks", { key: `late-${index}`, filler });
      kept.add(`late-${index}`);
    } catch (error) {
      if (!(error instanceof AlienError)) throw error;
      if (error.code !== "STORAGE_FULL")
        violations.push(`a send was refused with ${error.code}: ${error.message}`);
      if (error.fix === undefined) violations.push("a refused send names no fix");
      refusals += 1;
    }
  }
  if (refusals === 0) violations.push("the disk never ran full");
  let acks = 0;
  for (const message of early) {
    try {
      await store.tasks.ack(message);
      kept.delete(message.payload.key);
      acks += 1;
    } catch (error) {
      violations.push(`an ack failed while the disk was full: ${String(error)}`);
    }
  }
  grow();
  let recovered = false;
  const until = Date.now() + PATIENCE_MS;
  while (!recovered && Date.now() < until) {
    try {
      await store.tasks.send("tasks", { key: "after" });
      kept.add("after");
      recovered = true;
    } catch (error) {
      if (!(error instanceof AlienError && error.code === "STORAGE_FULL")) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  if (!recovered) violations.push("no send was taken after space came back");
  const found = new Set(await receiveAll(store));
  for (const key of kept) if (!found.has(key)) violations.push(`lost: ${key}`);
  for (const key of found)
    if (!kept.has(key) && !key.startsWith("late-")) violations.push(`came back: ${key}`);
  await store.close();
  return { refusals, acks, violations };
}
