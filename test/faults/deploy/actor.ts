// One `alien deploy --yes` or `alien destroy --yes` without the terminal: what the campaign starts and kills.
import { AlienError, type Clock } from "@alienplatform/core";
import {
  applyPlan,
  type DeployPlatform,
  destroyPlan,
  fileStateStore,
  observe,
  type Plan,
  plan,
  readState,
  type StateStore,
  unlock,
} from "@alienplatform/deploy";
import { fastClock } from "@alienplatform/deploy/conformance";
import type { Job, Report, StateKill } from "./job.ts";
import { fileOf } from "./random-stack.ts";

const { signal } = new AbortController();

/** Does what the first argument says, and says how it went on the standard output. */
export async function act(platform: DeployPlatform): Promise<void> {
  const job: Job = JSON.parse(process.argv[2] ?? "");
  const report = await run(platform, job).catch((error: unknown): Report => {
    const code = error instanceof AlienError ? error.code : "not ours";
    return { ok: false, code, message: error instanceof Error ? error.message : String(error) };
  });
  process.stdout.write(JSON.stringify(report));
}

async function run(
  platform: DeployPlatform,
  { operation, stack, code, directory, state: folder, aheadMs, ...job }: Job,
): Promise<Report> {
  const { standsAt } = job;
  const fast = fastClock();
  const clock = standsAt === undefined ? ahead(fast, aheadMs) : { ...fast, now: () => standsAt };
  const store = killing(patient(fileStateStore(folder), fast), job.killAt);
  const cloud = await platform.connect({
    stack: stack.name,
    stage: "dev",
    environment: process.env,
  });
  try {
    if (job.unlock) await unlock(store, { clock, signal });
    const { place, controllers } = cloud;
    const nothing = { parts: [], bindings: {} };
    const lowered = operation === "destroy" ? nothing : platform.lower(stack, place, code);
    const state = (await readState(store, signal))?.state;
    const reads = await observe(lowered.parts, state, cloud, { clock, signal });
    const artifacts = Object.fromEntries(
      Object.values(code).map(({ sha256 }) => [sha256, fileOf(sha256)]),
    );
    const made =
      operation === "destroy"
        ? destroyPlan({ place, controllers, state, reads })
        : plan({ lowered, place, controllers, state, reads, artifacts });
    if (operation === "look") {
      const owned = await cloud.owned({ stack: stack.name, stage: "dev" }, signal);
      return { ok: true, plan: wordsOf(made), owned };
    }
    const { failed, because } = await applyPlan(made, {
      cloud,
      store,
      directory,
      owner: `process ${process.pid}`,
      clock,
      signal,
    });
    const error = failed[0]?.error ?? because;
    if (error !== undefined) throw error;
    return { ok: true, plan: wordsOf(made), owned: [] };
  } finally {
    await cloud.close();
  }
}

function wordsOf({ steps, problems }: Plan): readonly string[] {
  const work = steps.filter(({ action }) => action !== "none");
  return [
    ...work.map(
      ({ action, part, changes }) => `${action} ${part} (${changes.map(({ path }) => path)})`,
    ),
    ...problems.map(({ problem }) => problem),
  ];
}

function ahead({ now, schedule }: Clock, ms: number): Clock {
  return { now: () => now() + ms, schedule };
}

/** A write takes no time of the lock's: it is the machine's disk that is busy, with other campaigns. */
function patient(store: StateStore, clock: ReturnType<typeof fastClock>): StateStore {
  return { ...store, write: (...given) => clock.during(() => store.write(...given)) };
}

/** The store, until the write at which the process dies. */
function killing(store: StateStore, at: StateKill | undefined): StateStore {
  let writes = 0;
  const kill = () => process.kill(process.pid, "SIGKILL");
  return {
    url: store.url,
    read: (given) => store.read(given),
    close: () => store.close(),
    write: async (...given) => {
      writes += 1;
      if (writes !== at?.write) return store.write(...given);
      if (at.when === "before") kill();
      if (at.when === "during") afterTurns(at.turns, kill);
      const version = await store.write(...given);
      kill();
      return version;
    },
  };
}

function afterTurns(turns: number, run: () => void): void {
  if (turns === 0) run();
  else setImmediate(() => afterTurns(turns - 1, run));
}
