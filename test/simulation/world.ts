import { AlienError } from "@alienplatform/core";
import { check } from "../faults/checker.ts";
import type { FaultEvent, Recorded } from "../faults/history.ts";
import { Actor } from "./actor.ts";
import { Chance } from "./chance.ts";
import { closeDown } from "./closing.ts";
import { doFault } from "./faults.ts";
import { Machine } from "./machine.ts";
import { Member, OwnerSilent } from "./member.ts";
import type { SimProcess } from "./process.ts";
import { type Setting, settingOf } from "./setting.ts";
import { Timeline } from "./timeline.ts";

const MOST_EVENTS = 200_000;
/** Of the grace that a session has to come back, see Engine. What is left is for a hello on its way. */
const GRACE_MS = 900;

/** What became of a world. */
export interface Report {
  readonly seed: number;
  readonly digest: string;
  readonly events: number;
  readonly history: readonly Recorded[];
  readonly violations: readonly string[];
  /** How often what was done to it. */
  readonly tally: Readonly<Record<string, number>>;
}

/** A machine with processes on it that share a queue, and all that goes wrong, made from one seed. */
export class World {
  readonly seed: number;
  readonly chance: Chance;
  readonly timeline: Timeline;
  readonly machine: Machine;
  readonly setting: Setting;
  readonly history: Recorded[] = [];
  readonly #members: Member[] = [];
  readonly #keys = new Map<string, string>();
  readonly #broken: string[] = [];
  readonly #working = new Set<SimProcess>();
  readonly #sleeping = new Set<SimProcess>();
  /** How often the clock was set. */
  jumps = 0;
  #turns: number;
  #count = 0;
  #quiet = false;

  readonly #tally: Record<string, number> = {};

  /** `turns`: fewer steps than the seed says, which begin alike. */
  constructor(seed: number, turns?: number) {
    this.seed = seed;
    this.chance = new Chance(seed);
    const { chance } = this;
    this.setting = settingOf(chance);
    this.#turns = turns ?? this.setting.operations;
    this.timeline = new Timeline(chance);
    const { slowNetwork } = this.setting.faults;
    this.machine = new Machine(this.timeline, chance, {
      windowBytes: this.setting.windowBytes,
      quality: () => ({
        delayMs: slowNetwork && !this.#quiet ? chance.pick([1, 5, 50, 400]) : 1,
        pieces: chance.is(0.1),
      }),
    });
  }

  /** The processes that live. */
  get members(): readonly Member[] {
    return this.#members.filter(({ process }) => process.alive);
  }

  async run(): Promise<Report> {
    let over = false;
    try {
      void this.#live().then(
        () => {
          over = true;
        },
        (error) => {
          this.#broken.push(`crashed: ${describe(error)}`);
          over = true;
        },
      );
      await this.timeline.run(() => over || this.machine.failure !== undefined, MOST_EVENTS);
    } catch (error) {
      this.#broken.push(`crashed: ${describe(error)}`);
    }
    const { failure } = this.machine;
    if (failure !== undefined) this.#broken.push(`the store does not open: ${describe(failure)}`);
    const verdict = check(this.history, { maxAttempts: this.setting.spec.maxAttempts });
    return {
      seed: this.seed,
      digest: this.timeline.digest,
      events: this.timeline.events,
      history: this.history,
      violations: [...this.#broken, ...(over ? verdict.violations : [])],
      tally: this.#tally,
    };
  }

  async #live(): Promise<void> {
    for (let member = 0; member < this.setting.members; member++) this.start();
    while (this.#turns > 0) {
      if (this.#everybodySleeps) await this.timeline.pause(600_000, "night");
      await this.timeline.pause(this.chance.int(1, this.setting.faultEveryMs), "fault");
      doFault(this);
    }
    this.#quiet = true;
    this.machine.disk.onPoint = undefined;
    this.machine.disk.slowness = 2;
    for (const { process } of this.members) process.resume();
    for (let waited = 0; this.#working.size > 0; waited++) {
      if (waited > 1_000) throw new Error("requests are never answered");
      await this.timeline.pause(waited < 100 ? 100 : 600_000, "wait for actors");
      for (const process of this.#working) if (!process.alive) this.#working.delete(process);
    }
    await closeDown(this);
  }

  /** A new process that uses the queue. */
  start(): Member {
    const member = this.join();
    const { process } = member;
    this.#working.add(process);
    const actors = Array.from({ length: this.chance.int(1, 2) }, () => new Actor(this, member));
    void Promise.all(actors.map((actor) => actor.run())).then(
      () => this.#working.delete(process),
      (error) => this.machine.fail(error),
    );
    return member;
  }

  /** One that does nothing by itself. */
  join(): Member {
    const process = this.machine.start(`p${++this.#count}`);
    const member = new Member(this.machine, process, this.setting.durability);
    this.#members.push(member);
    process.atEnd(() => this.note({ kind: "killed", victim: process.name }));
    member.onDetached = () => this.#expect(member);
    return member;
  }

  restartLater(count: number): void {
    for (let one = 0; one < count; one++) {
      this.timeline.after(this.chance.pick([0, 5, 100, 2_500]), "start", () => {
        if (this.#turns > 0) this.start();
      });
    }
  }

  /** A process that does not come back in time loses what it has on loan. */
  #expect(member: Member): void {
    const { attachments } = member;
    this.timeline.after(GRACE_MS, "grace", () => {
      if (member.attached && member.attachments !== attachments) return;
      this.note({ kind: "gone", victim: member.process.name });
    });
  }

  get #everybodySleeps(): boolean {
    return [...this.#working].every((process) => !process.alive || this.#sleeping.has(process));
  }

  /** A long time in which this process does little or nothing. */
  async sleep(process: SimProcess, ms: number): Promise<void> {
    this.#sleeping.add(process);
    await process.pause(ms, "sleep");
    this.#sleeping.delete(process);
  }

  /** One more time. */
  tally(what: string): void {
    this.#tally[what] = (this.#tally[what] ?? 0) + 1;
  }

  /** Whether there is more to do. */
  takeTurn(): boolean {
    return this.#turns-- > 0;
  }

  newKey(): string {
    return `m${++this.#count}`;
  }

  newTake(): number {
    return ++this.#count;
  }

  newId(key: string): string {
    const id = `${this.chance.hex(6)}${key}`.padStart(26, "0");
    this.#keys.set(id, key);
    return id;
  }

  keyOf(id: string): string {
    return this.#keys.get(id) ?? `unknown ${id}`;
  }

  /** Writes down what a process did or saw; a dead one writes nothing. */
  record(process: SimProcess, event: FaultEvent): void {
    if (process.alive) this.#write(process.name, event);
  }

  note(event: FaultEvent): void {
    this.#write("world", event);
  }

  #write(actor: string, event: FaultEvent): void {
    this.history.push({ ...event, at: this.timeline.now, actor });
    this.timeline.note(`${actor} ${JSON.stringify(event)}`);
  }

  /** An error that somebody was answered. */
  refused(error: unknown): void {
    if (error instanceof OwnerSilent) return;
    // A queue whose declaration got no answer may not be there.
    if (error instanceof AlienError && error.code === "UNKNOWN_QUEUE") return;
    this.#broken.push(`refused: ${describe(error)}`);
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
