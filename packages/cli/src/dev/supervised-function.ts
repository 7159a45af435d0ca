import { relative } from "node:path";
import { AlienError, type EndpointResource, type FunctionResource } from "@alienplatform/core";
import {
  bundleFunction,
  type FunctionBundle,
  type LoadedStack,
  nodeArguments,
  type OtherProblem,
} from "@alienplatform/deploy";
import { type ErrorReport, reportOf, whileBeforeGoesOn } from "../print/error.ts";
import type { Environment } from "./environment.ts";
import { FunctionProcess } from "./function-process.ts";
import { FunctionReport } from "./function-report.ts";
import type { Report } from "./reporter.ts";

const FIRST_RESTART_MS = 250;
const LONGEST_RESTART_MS = 10_000;
/** Who has run this long starts again as if it had never crashed. */
const STEADY_MS = 10_000;
/** Who has not started by then is told of. */
const SLOW_START_MS = 10_000;

/** What a function is run from; replaced as a whole when alien.ts or the environment changes. */
export interface Declared {
  readonly stack: LoadedStack;
  /** An endpoint runs as a function that posts. */
  readonly function: FunctionResource | EndpointResource;
  readonly environment: Environment;
  /** Lets go of the port that is kept for it: it listens there itself from now on. */
  readonly releasePort?: () => void;
}

/** One function under dev: built, run, replaced on a change, brought back after a crash. */
export class SupervisedFunction {
  readonly id: string;
  /** The files it is made of, absolute; also when its last build failed. */
  inputs: readonly string[] = [];
  readonly #report: Report;
  #declared: Declared;
  #bundle: FunctionBundle | undefined;
  /** The one that takes messages; others may still be finishing theirs. */
  #current: FunctionProcess | undefined;
  /** The queues that it takes them from. */
  #consumed: ReadonlySet<string> = new Set();
  readonly #living = new Set<FunctionProcess>();
  #handedOver: Promise<void> = Promise.resolve();
  #readyAt = 0;
  #crashes = 0;
  #restart: NodeJS.Timeout | undefined;
  #stopping = false;
  #work: Promise<void> = Promise.resolve();

  constructor(declared: Declared, report: Report) {
    this.id = declared.function.id;
    this.#declared = declared;
    this.#report = report;
  }

  /** Whether a process of it takes messages. */
  get running(): boolean {
    return this.#current !== undefined;
  }

  /**
   * Resolves when only the newest process takes messages. A change does not wait for it: one before may be in
   * an endless loop, which the change is to correct.
   */
  get handedOver(): Promise<void> {
    return this.#handedOver;
  }

  /** Builds and starts it. Resolves when it runs, or when what is wrong has been reported. */
  start(): Promise<void> {
    return this.#inTurn(async () => {
      if (await this.#build()) await this.#launch();
    });
  }

  /** Builds it again and replaces the process; where that fails the one before goes on. */
  replace(changed: readonly string[], declared: Declared = this.#declared): Promise<void> {
    return this.#inTurn(async () => {
      const started = performance.now();
      // A bundle belongs to the declaration it was made for.
      if (declared !== this.#declared) await this.#dispose();
      this.#declared = declared;
      if (!(await this.#build()) || !(await this.#launch())) return;
      this.#restarted(
        changed.map((file) => relative(declared.stack.directory, file)),
        started,
      );
    });
  }

  /** Lets every process finish what it has in hand. */
  async stop(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#restart);
    for (const each of this.#living) each.drain();
    await this.#work;
    // One may have been on its way while we asked the others.
    for (const each of this.#living) each.drain();
    await Promise.all([...this.#living].map(({ exited }) => exited));
    await this.#dispose();
  }

  kill(): void {
    for (const each of this.#living) each.kill();
  }

  /** Changes come one after the other: a build never overtakes an earlier one. */
  #inTurn(work: () => Promise<void>): Promise<void> {
    this.#work = this.#work.then(async () => {
      if (!this.#stopping) await work();
    });
    return this.#work;
  }

  async #build(): Promise<boolean> {
    try {
      if (this.#bundle === undefined)
        this.#bundle = await bundleFunction({ ...this.#declared, mode: "dev" });
      else await this.#bundle.rebuild();
      this.inputs = this.#bundle.inputs;
      return true;
    } catch (error) {
      if (!(error instanceof AlienError)) throw error;
      this.inputs = [...new Set([...this.inputs, ...filesOf(error)])];
      this.#report({ type: "problem", function: this.id, error: this.#told(reportOf(error)) });
      return false;
    }
  }

  /** Of what could not be built or started: whether another goes on in its place, and with which queues it does not. */
  #told(error: ErrorReport): ErrorReport {
    if (this.#current === undefined) return error;
    return whileBeforeGoesOn(
      error,
      queuesOf(this.#declared).filter((queue) => !this.#consumed.has(queue)),
    );
  }

  async #dispose(): Promise<void> {
    await this.#bundle?.dispose();
    this.#bundle = undefined;
  }

  async #launch(): Promise<boolean> {
    clearTimeout(this.#restart);
    if (this.#bundle === undefined) return false;
    const before = this.#current;
    let starting = true;
    const report: Report = (event) =>
      this.#report(
        starting && event.type === "problem" ? { ...event, error: this.#told(event.error) } : event,
      );
    const started = new FunctionProcess(
      {
        file: this.#bundle.file,
        directory: this.#declared.stack.directory,
        environment: this.#declared.environment,
        nodeArguments: nodeArguments(),
        onListen: () => this.#declared.releasePort?.(),
      },
      new FunctionReport(this.id, this.#declared.stack.directory, report),
    );
    this.#living.add(started);
    void started.exited.then((exit) => this.#ended(started, exit));
    const slow = setTimeout(
      () => this.#report({ type: "warning", text: slowStart(this.id) }),
      SLOW_START_MS,
    );
    const outcome = await started.started;
    clearTimeout(slow);
    starting = false;
    if (outcome !== "ready") {
      const exit = await started.exited;
      // What it refused to start for does not go away by itself: it waits for a change.
      if (outcome === "ended" && !this.#stopping) this.#crashed(exit, this.#current === undefined);
      return false;
    }
    this.#current = started;
    this.#consumed = new Set(queuesOf(this.#declared));
    this.#readyAt = performance.now();
    if (before !== undefined) {
      before.drain();
      this.#handedOver = Promise.all([this.#handedOver, before.drained]).then(() => undefined);
    }
    return true;
  }

  /** Says that it runs again, once what is sent from then on goes to no process before. */
  #restarted(changed: readonly string[], since: number): void {
    void this.#handedOver.then(() => {
      if (this.#stopping) return;
      const durationMs = performance.now() - since;
      this.#report({ type: "restarted", function: this.id, changed, durationMs });
    });
  }

  #ended(process: FunctionProcess, exit: string): void {
    this.#living.delete(process);
    if (process !== this.#current) return;
    this.#current = undefined;
    if (this.#stopping) return;
    if (performance.now() - this.#readyAt >= STEADY_MS) this.#crashes = 0;
    this.#crashed(exit, true);
  }

  #crashed(exit: string, restart: boolean): void {
    if (!restart) {
      this.#report({ type: "crashed", function: this.id, exit });
      return;
    }
    const restartInMs = Math.min(LONGEST_RESTART_MS, FIRST_RESTART_MS * 2 ** this.#crashes);
    this.#crashes += 1;
    this.#report({ type: "crashed", function: this.id, exit, restartInMs });
    clearTimeout(this.#restart);
    this.#restart = setTimeout(() => void this.#again(), restartInMs);
  }

  #again(): Promise<void> {
    return this.#inTurn(async () => {
      const started = performance.now();
      if (this.#current !== undefined || !(await this.#launch())) return;
      this.#restarted([], started);
    });
  }
}

function queuesOf(declared: Declared): readonly string[] {
  return declared.function.triggers.map(({ queue }) => queue);
}

function slowStart(id: string): string {
  return `function ${id} has not started after ${SLOW_START_MS / 1_000}s: its file awaits something, or loops, outside of its handlers`;
}

/** Where a build failed, so that correcting it there is noticed. */
function filesOf({ details }: AlienError): readonly string[] {
  const { file, places, others } = details;
  const beside = Array.isArray(others) ? others.map((other: OtherProblem) => other.file) : [];
  return [file, ...(Array.isArray(places) ? places : []), ...beside].filter(
    (each) => typeof each === "string",
  );
}
