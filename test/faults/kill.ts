import { type ChildProcess, fork } from "node:child_process";
import { mkdirSync, readdirSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import type { Actors } from "./actors.ts";
import { check, type Verdict } from "./checker.ts";
import { drain } from "./drain.ts";
import { monotonic, Recorder, readHistory } from "./history.ts";

/** For what hangs, on a machine that is busy with other campaigns. */
const STOPS_WITHIN_MS = 120_000;

export interface KillOptions {
  readonly folder: string;
  readonly cycles: number;
  readonly seed: number;
  readonly senders: number;
  readonly consumers: number;
  readonly actors: Actors;
  readonly onCycle: (cycle: number) => void;
}

/**
 * F1 and F8: senders and consumers share one queue while one of them, mostly the one that owns the store,
 * is killed with signal 9 at a random moment and replaced. Ends with a full drain and the checker.
 */
export async function killCampaign(options: KillOptions): Promise<Verdict> {
  const histories = join(options.folder, "history");
  const directory = join(options.folder, "store");
  mkdirSync(histories);
  const recorder = new Recorder(histories, "campaign");
  const running = new Map<string, Actor>();
  const random = lehmer(options.seed);
  let born = 0;
  const start = async (role: Actor["role"]): Promise<void> => {
    born += 1;
    const name = `${role}-${born}`;
    const actor = await startActor(options.actors, {
      role,
      name,
      histories,
      directory,
      seed: options.seed + born,
    });
    running.set(name, actor);
  };
  await Promise.all([
    ...Array.from({ length: options.senders }, () => start("sender")),
    ...Array.from({ length: options.consumers }, () => start("consumer")),
  ]);
  for (let cycle = 1; cycle <= options.cycles; cycle++) {
    await pause(random() * 60);
    const owner = [...running.values()].find((actor) => ownsStore(actor.process, directory));
    const all = [...running.values()];
    const victim =
      owner !== undefined && random() < 0.7 ? owner : all[Math.floor(random() * all.length)];
    if (victim === undefined) throw new Error("no actor is running");
    running.delete(victim.name);
    await kill(victim.process);
    recorder.write({ kind: "killed", victim: victim.name });
    await start(victim.role);
    options.onCycle(cycle);
  }
  await Promise.all([...running.values()].filter((actor) => actor.role === "sender").map(stop));
  await Promise.all([...running.values()].filter((actor) => actor.role === "consumer").map(stop));
  await drain(directory, recorder);
  return check(readHistory(histories), {
    maxAttempts: options.actors.maxAttempts,
    // The actors compute the ends of leases on another clock than the store.
    toleranceMs: 1,
  });
}

interface Actor {
  readonly role: "sender" | "consumer";
  readonly name: string;
  readonly process: ChildProcess;
}

interface Start {
  readonly role: Actor["role"];
  readonly name: string;
  readonly histories: string;
  readonly directory: string;
  readonly seed: number;
}

/** Resolves when the actor has done its first piece of work, so that a kill always meets load. */
function startActor(actors: Actors, start: Start): Promise<Actor> {
  const child = fork(actors.script, [start.role, start.name, start.histories, String(start.seed)], {
    env: { ...process.env, ...actors.environment(start.directory) },
    stdio: ["ignore", "inherit", "inherit", "ipc"],
    execArgv: [],
  });
  return new Promise((resolve, reject) => {
    child.once("message", () => resolve({ role: start.role, name: start.name, process: child }));
    child.once("exit", (code, signal) =>
      reject(new Error(`${start.name} ended before its first work: ${code ?? signal}`)),
    );
  });
}

/** The process whose descriptors hold LevelDB's lock file. */
function ownsStore(child: ChildProcess, directory: string): boolean {
  const folder = `/proc/${child.pid}/fd`;
  try {
    return readdirSync(folder).some((fd) => {
      const target = linkOf(join(folder, fd));
      return target.startsWith(directory) && target.endsWith("/LOCK");
    });
  } catch {
    return false; // it has just ended
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return ""; // closed between the listing and the look
  }
}

function kill(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.removeAllListeners("exit");
    child.once("exit", () => resolve());
    child.kill("SIGKILL");
  });
}

function stop(actor: Actor): Promise<void> {
  return new Promise((resolve, reject) => {
    const deadline = setTimeout(() => {
      actor.process.kill("SIGKILL");
      reject(
        new Error(
          `${actor.name} did not stop within ${STOPS_WITHIN_MS / 1_000} s (since ${monotonic()})`,
        ),
      );
    }, STOPS_WITHIN_MS);
    actor.process.removeAllListeners("exit");
    actor.process.once("exit", (code) => {
      clearTimeout(deadline);
      if (code === 0) resolve();
      else reject(new Error(`${actor.name} ended with ${code}`));
    });
    actor.process.send("stop");
  });
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Numbers in [0, 1) that a seed repeats. */
function lehmer(seed: number): () => number {
  let state = (seed % 2_147_483_646) + 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
