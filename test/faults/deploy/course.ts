import { join } from "node:path";
import {
  type DeployPlatform,
  fileStateStore,
  type Place,
  readState,
  type State,
  type StateLock,
} from "@alienplatform/deploy";
import type { Chance } from "../../simulation/chance.ts";
import { chanceOf } from "../drivers/chance.ts";
import { type Ended, runProcess } from "./deploy-process.ts";
import type { Job, StateKill } from "./job.ts";
import { type Declared, randomStack } from "./random-stack.ts";
import type { Vendor } from "./vendor.ts";
import type { CallKill, Wire } from "./wire.ts";

/** More than a lock lasts, and than a process of the campaign runs by its clock. */
const LOCK_OVER_MS = 3_600_000;
/** Half of what a lock lasts. */
const LOCK_LEFT_MS = 30_000;
const { signal } = new AbortController();

/** What a course did and what it found. */
export interface CourseVerdict {
  readonly seed: number;
  /** By what they met: "after a call", "during a write of the state". */
  readonly kills: Readonly<Record<string, number>>;
  readonly processes: number;
  /** Calls of all processes. */
  readonly calls: number;
  /** Things made at the vendor. */
  readonly made: number;
  /** How often a second process was kept out by the lock of a dead one. */
  readonly keptOut: number;
  readonly violations: readonly string[];
}

/** The process that is killed, and the one that looks at what is there. */
export interface Scripts {
  readonly killed: string;
  readonly looking: string;
}

export interface CourseOptions {
  readonly scripts: Scripts;
  readonly vendor: Pick<Vendor, "platform" | "place" | "ordered">;
  /** For states and code. */
  readonly directory: string;
  readonly wire: Wire;
}

interface Round {
  readonly operation: Job["operation"];
  readonly declared: Declared;
}

/** One stage: deployed, changed and destroyed by processes that are killed, each time until one comes to its end. */
export class Course {
  readonly #seed: number;
  readonly #chance: Chance;
  readonly #scripts: Scripts;
  readonly #platform: DeployPlatform;
  readonly #ordered: boolean | undefined;
  readonly #place: Place;
  readonly #wire: Wire;
  readonly #directory: string;
  readonly #state: string;
  readonly #stack: string;
  readonly #kills: Record<string, number> = {};
  readonly #violations: string[] = [];
  #aheadMs = 0;
  #processes = 0;
  #calls = 0;
  #keptOut = 0;

  constructor(seed: number, { scripts, vendor, directory, wire }: CourseOptions) {
    this.#seed = seed;
    this.#chance = chanceOf(seed, "course");
    this.#scripts = scripts;
    this.#wire = wire;
    this.#directory = directory;
    this.#stack = `k${seed}`;
    this.#platform = vendor.platform;
    this.#ordered = vendor.ordered;
    this.#place = { ...vendor.place, stack: this.#stack };
    this.#state = join(directory, this.#stack);
  }

  async run(): Promise<CourseVerdict> {
    const first = this.#declare("first");
    const second = this.#declare("second");
    const deploys: readonly Round[] = [first, second].map((declared) => ({
      operation: "deploy",
      declared,
    }));
    const rounds = [...deploys, { operation: "destroy", declared: second } as const];
    try {
      for (const [index, round] of rounds.entries()) {
        await this.#round(round, index === rounds.length - 1);
        if (this.#violations.length > 0) break;
      }
    } catch (error) {
      this.#violations.push(
        error instanceof Error ? (error.stack ?? error.message) : String(error),
      );
    }
    return {
      seed: this.#seed,
      kills: this.#kills,
      processes: this.#processes,
      calls: this.#calls,
      made: this.#wire.inventory.made,
      keptOut: this.#keptOut,
      violations: this.#violations,
    };
  }

  #declare(which: string): Declared {
    const chance = chanceOf(this.#seed, which);
    return randomStack(this.#stack, this.#directory, chance, this.#ordered);
  }

  /** Until a process comes to its end; or, where it is not the last round, to the next one from where a kill left it. */
  async #round(round: Round, isLast: boolean): Promise<void> {
    let unlock = false;
    for (let left = this.#chance.int(2, 5); ; left--) {
      const state = await this.#read();
      if (state?.lock !== undefined) {
        if (this.#chance.is(0.15)) await this.#intrude(round, state.lock);
        unlock = this.#chance.is(0.3);
        if (!unlock) this.#aheadMs += LOCK_OVER_MS;
      }
      const kill = left > 0 ? this.#choose(round, state) : {};
      const ended = await this.#process(round, { ...kill, unlock });
      if (ended !== undefined) return this.#check(round, ended);
      const what =
        kill.state === undefined
          ? `${kill.call?.when} a call`
          : `${kill.state.when} a write of the state`;
      this.#kills[what] = (this.#kills[what] ?? 0) + 1;
      if (!isLast && this.#chance.is(0.15)) return;
    }
  }

  /** Somewhere in what is likely left to do. */
  #choose({ operation, declared }: Round, state: State | undefined): Kill {
    const { parts } = this.#platform.lower(declared.stack, this.#place, declared.code);
    const known = Object.values(state?.parts ?? {});
    const ready = known.filter(({ status }) => status === "ready").length;
    const left = operation === "destroy" ? known.length : Math.max(2, parts.length - ready);
    const when = this.#chance.pick(["before", "after"] as const);
    const dice = this.#chance.next();
    if (dice < 0.5) return { call: { call: this.#chance.int(1, left), writes: true, when } };
    if (dice < 0.65) {
      return { call: { call: this.#chance.int(1, parts.length + 3 * left), writes: false, when } };
    }
    return {
      state: {
        write: this.#chance.int(1, Math.ceil(left / 2) + 2),
        when: this.#chance.pick(["before", "during", "during", "after"] as const),
        turns: this.#chance.int(0, 12),
      },
    };
  }

  /** Somebody who comes while the lock of a dead process still holds. */
  async #intrude(round: Round, { until }: StateLock): Promise<void> {
    // However slow the machine is, by this clock the lock has not run out. It is not of another clock either, which would
    // be watched, and taken.
    const ended = await this.#process(round, { unlock: false, standsAt: until - LOCK_LEFT_MS });
    // Who has nothing to do needs no lock.
    const idle = ended?.ok === true && ended.plan.length === 0;
    if (!idle) this.#keptOut += 1;
    if (!idle && (ended?.ok !== false || ended.code !== "STATE_LOCKED")) {
      this.#violations.push(`the lock of a dead process kept nobody out: ${JSON.stringify(ended)}`);
    }
    const { wrote } = this.#wire;
    if (wrote.length > 0) {
      this.#violations.push(`a process without the lock wrote: ${wrote.join(", ")}`);
    }
  }

  async #process(
    { operation, declared }: Round,
    { state, call, unlock, standsAt }: Kill & Pick<Job, "unlock" | "standsAt">,
  ): Promise<Ended> {
    const job: Job = {
      operation,
      stack: declared.stack,
      code: declared.code,
      directory: this.#directory,
      state: this.#state,
      aheadMs: this.#aheadMs,
      unlock,
      ...(standsAt === undefined ? {} : { standsAt }),
      ...(state === undefined ? {} : { killAt: state }),
    };
    const { killed, looking } = this.#scripts;
    const ended = await runProcess(operation === "look" ? looking : killed, job, this.#wire, call);
    this.#processes += 1;
    this.#calls += this.#wire.calls;
    return ended;
  }

  /** What has to be true when a process has come to its end. */
  async #check({ operation, declared }: Round, ended: NonNullable<Ended>): Promise<void> {
    const wrong = (words: string) => this.#violations.push(`${operation}: ${words}`);
    const { there, twice } = this.#wire.inventory;
    if (!ended.ok) return void wrong(`ended with ${ended.code}: ${ended.message}`);
    for (const each of twice) wrong(`${each}, which was there`);
    const look = await this.#process({ operation: "look", declared }, { unlock: false });
    if (look?.ok !== true) return void wrong(`looking at it: ${look?.code}: ${look?.message}`);
    const state = await this.#read();
    // That of a dead process may stay where there was nothing left to do.
    const holds = state?.lock !== undefined && state.lock.until > Date.now() + this.#aheadMs;
    if (holds) wrong("the lock was not given back");
    const parts = Object.entries(state?.parts ?? {});
    if (operation === "destroy") {
      if (parts.length > 0) wrong(`the state still has ${parts.map(([id]) => id).join(", ")}`);
      if (there.size > 0) wrong(`left behind: ${[...there].join(", ")}`);
      if (look.owned.length > 0) wrong(`still marked: ${look.owned.join(", ")}`);
      return;
    }
    for (const work of look.plan) wrong(`a new plan would ${work}`);
    const unready = parts.filter(
      ([, { status, former }]) => status !== "ready" || former !== undefined,
    );
    if (unready.length > 0)
      wrong(`not ready in the state: ${unready.map(([id]) => id).join(", ")}`);
    const count = this.#platform.lower(declared.stack, this.#place, declared.code).parts.length;
    if (there.size !== count) {
      wrong(`${there.size} things for ${count} parts: ${[...there].join(", ")}`);
    }
  }

  /** Throws where it cannot be read. */
  async #read(): Promise<State | undefined> {
    return (await readState(fileStateStore(this.#state), signal))?.state;
  }
}

/** Where a process dies; nowhere where both are missing. */
interface Kill {
  readonly call?: CallKill;
  readonly state?: StateKill;
}
