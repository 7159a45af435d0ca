import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { bundle, type Replacement } from "./bundle.ts";
import { cheap, small } from "./small.ts";
import type { Order, WorkerReport } from "./worker.ts";

/** Seeds that a worker is given at once. */
const SHARE = 50;
/** What a worker has for all of them, of real time: most need less than one second. */
const PATIENCE_MS = 60_000;

/** A world that goes round in circles without an event, which no count of events can end. */
export class EndlessWorld extends Error {
  readonly first: number;

  constructor(seeds: readonly number[]) {
    super(
      `one of the worlds ${seeds[0]} to ${seeds.at(-1)} has no end: no answer within ${PATIENCE_MS / 1_000} s`,
    );
    this.first = seeds[0] ?? 0;
  }
}

/** The product as worlds are made of it: even seeds as it is, odd ones with small sizes. */
export class Crew {
  readonly #folder: string;
  readonly #scripts: readonly [even: string, odd: string];

  private constructor(folder: string) {
    this.#folder = folder;
    this.#scripts = [join(folder, "even.mjs"), join(folder, "odd.mjs")];
  }

  /** Makes the scripts, inside the repository, so that what is not bundled is found. Close it afterwards. */
  static async form(replacements: readonly Replacement[] = []): Promise<Crew> {
    const root = fileURLToPath(new URL("../../out/simulation/", import.meta.url));
    mkdirSync(root, { recursive: true });
    const crew = new Crew(mkdtempSync(join(root, "run-")));
    const [even, odd] = crew.#scripts;
    await Promise.all([
      bundle(even, { replacements, constants: cheap }),
      bundle(odd, { replacements, constants: small }),
    ]);
    return crew;
  }

  close(): void {
    rmSync(this.#folder, { recursive: true });
  }

  /** Runs so many seeds on all cores; `onShare` is told how many are through. Throws where a world has no end. */
  async run(
    from: number,
    count: number,
    onShare: (worlds: number) => void = () => undefined,
  ): Promise<WorkerReport> {
    const seeds = Array.from({ length: count }, (_, index) => from + index);
    const left = [seeds.filter((seed) => seed % 2 === 0), seeds.filter((seed) => seed % 2 === 1)];
    const reports: WorkerReport[] = [];
    let worlds = 0;
    const work = async (script: string, mine: number[]): Promise<void> => {
      const worker = new Worker(script);
      while (mine.length > 0) {
        const report = await ask(worker, { seeds: mine.splice(0, SHARE), untilBroken: false });
        reports.push(report);
        worlds += report.worlds;
        onShare(worlds);
      }
      await worker.terminate();
    };
    const each = Math.max(1, Math.floor(availableParallelism() / 2));
    await Promise.all(
      this.#scripts.flatMap((script, index) =>
        Array.from({ length: each }, () => work(script, left[index] ?? [])),
      ),
    );
    return reports.reduce(sum, { worlds: 0, events: 0, broken: [], tally: {} });
  }

  /** One world, with fewer turns than its seed says where asked, and all that happens printed. */
  async one(seed: number, turns?: number, trace = false): Promise<WorkerReport> {
    const [even, odd] = this.#scripts;
    const worker = new Worker(seed % 2 === 0 ? even : odd, { stdout: false });
    const report = await ask(worker, { seeds: [seed], untilBroken: false, turns, trace });
    await worker.terminate();
    return report;
  }

  /** The first seed that breaks something; undefined where none of the first `most` does. Throws where a world has no end. */
  async firstBroken(most: number): Promise<number | undefined> {
    const workers = this.#scripts.map((script) => new Worker(script));
    try {
      for (let from = 1; from <= most; from += SHARE) {
        const reports = await Promise.all(
          workers.map((worker, parity) => {
            const seeds = Array.from({ length: SHARE / 2 }, (_, index) => 2 * index);
            const mine = seeds.map((offset) => from + offset + (parity === from % 2 ? 0 : 1));
            return ask(worker, { seeds: mine, untilBroken: true });
          }),
        );
        const broken = reports.flatMap((report) => report.broken.map(({ seed }) => seed));
        if (broken.length > 0) return Math.min(...broken);
      }
      return undefined;
    } finally {
      await Promise.all(workers.map((worker) => worker.terminate()));
    }
  }
}

function sum(all: WorkerReport, one: WorkerReport): WorkerReport {
  const tally = { ...all.tally };
  for (const [name, times] of Object.entries(one.tally)) tally[name] = (tally[name] ?? 0) + times;
  return {
    worlds: all.worlds + one.worlds,
    events: all.events + one.events,
    broken: [...all.broken, ...one.broken].sort((a, b) => a.seed - b.seed),
    tally,
  };
}

function ask(worker: Worker, order: Order): Promise<WorkerReport> {
  return new Promise((resolve, reject) => {
    const patience = setTimeout(() => reject(new EndlessWorld(order.seeds)), PATIENCE_MS);
    worker.once("error", reject);
    worker.once("message", (report: WorkerReport) => {
      clearTimeout(patience);
      worker.off("error", reject);
      resolve(report);
    });
    worker.postMessage(order);
  });
}
