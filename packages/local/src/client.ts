import { isAbsolute, resolve } from "node:path";
import { type Clock, type QueueBinding, systemClock } from "@alienplatform/bindings";
import { AlienError } from "@alienplatform/core";
import type { Durability } from "./engine/options.ts";
import type { LocalQueues } from "./engine/port.ts";
import { Election } from "./share/election.ts";
import { SharedQueues } from "./share/shared-queues.ts";

export type { Durability } from "./engine/options.ts";

export interface LocalQueuesOptions {
  /** The data directory; made where it is missing. */
  readonly directory: string;
  /** Counts where this process comes to own the store; of several opened in one process, the first one's. */
  readonly clock?: Clock;
  /** Counts whoever owns the store; of several opened in one process, the first one's. */
  readonly durability?: Durability;
  /** How long a request waits for an owner that does not answer; 10 s. */
  readonly patienceMs?: number;
}

const PATIENCE_MS = 10_000;

/** By data directory. */
const elections = new Map<string, { readonly election: Election; holds: number }>();

/**
 * The queues of a data directory, shared by all who ask for them in this process and by every process
 * of this machine. Opens at first use; the last close in this process closes it.
 */
export function openLocalQueues(options: LocalQueuesOptions): LocalQueues {
  const directory = resolve(options.directory);
  const { clock = systemClock, durability = readDurability(), patienceMs = PATIENCE_MS } = options;
  const entry = elections.get(directory) ?? {
    election: new Election({
      directory,
      patienceMs,
      clock,
      durability,
      open: async () => {
        const { openStore } = await import("./share/ownership.ts");
        return openStore({ directory, clock, durability });
      },
    }),
    holds: 0,
  };
  if (elections.size === 0) process.on("beforeExit", leaveAll);
  elections.set(directory, entry);
  entry.holds++;
  return new SharedQueues(entry.election, async () => {
    if (--entry.holds > 0) return;
    elections.delete(directory);
    if (elections.size === 0) process.off("beforeExit", leaveAll);
    await entry.election.leave();
  });
}

/** The directory that ALIEN_DIRECTORY names, else the one beside alien.ts. */
export function dataDirectoryOf(project: string): string {
  const named = process.env.ALIEN_DIRECTORY;
  return named ? resolve(named) : resolve(project, ".alien", "local");
}

/** The data directory that a binding leads to. */
export function directoryOf({ queue, address }: QueueBinding): string {
  const { directory } = address;
  if (typeof directory === "string" && isAbsolute(directory)) return directory;
  throw new AlienError(
    "BINDING_INVALID",
    `the local binding of queue "${queue}" names no absolute directory`,
    { fix: `Give it one: "address": { "directory": "/..." }.`, details: { queue } },
  );
}

function readDurability(): Durability {
  const value = process.env.ALIEN_DURABILITY;
  if (value === undefined || value === "" || value === "power") return "power";
  if (value === "process") return "process";
  throw new AlienError("OPTION_INVALID", `ALIEN_DURABILITY is "${value}"`, {
    fix: 'Set it to "power" or "process", or remove it: "power" is the default.',
  });
}

/** Nothing is left to do in this process: its store, or its place at another's, is given up in good order. */
function leaveAll(): void {
  for (const { election } of elections.values()) if (!election.idle) void election.leave();
}
