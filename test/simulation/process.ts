import type { Clock } from "@alienplatform/bindings";
import type { Holder } from "../../packages/local/src/engine/sessions.ts";
import type { Timeline } from "./timeline.ts";

/** The wall clock that all processes of the machine read; it can be set. */
export class WallClock {
  readonly #timeline: Timeline;
  #ahead = Date.UTC(2030, 0, 1);
  /** What it was ahead before each jump, and since when it was. */
  readonly #before: number[] = [];
  readonly #since: number[] = [0];

  constructor(timeline: Timeline) {
    this.#timeline = timeline;
  }

  now(): number {
    return this.#timeline.now + this.#ahead;
  }

  /** Sets it forward or, with a negative number, back. */
  jump(byMs: number): void {
    this.#before.push(this.#ahead);
    this.#since.push(this.#timeline.now);
    this.#ahead += byMs;
  }

  /** When the wall clock showed this, some time from `from` on. */
  worldTime(wall: number, from: number): number {
    for (const [index, ahead] of [...this.#before, this.#ahead].entries()) {
      const start = this.#since[index] ?? 0;
      const end = this.#since[index + 1] ?? this.#timeline.now;
      const at = wall - ahead;
      if (at >= Math.max(start, from) && at <= end) return at;
    }
    return wall - this.#ahead;
  }
}

/** One process of the machine: it can be stopped, go on, and be killed, and then nothing of it happens any more. */
export class SimProcess implements Clock {
  readonly name: string;
  readonly holder: Holder;
  readonly timeline: Timeline;
  readonly #wall: WallClock;
  #alive = true;
  #stopped = false;
  readonly #missed: (readonly [string, () => void])[] = [];
  readonly #atEnd: (() => void)[] = [];

  constructor(name: string, pid: number, timeline: Timeline, wall: WallClock) {
    this.name = name;
    this.holder = { pid, startedAt: timeline.now + 1 };
    this.timeline = timeline;
    this.#wall = wall;
  }

  get alive(): boolean {
    return this.#alive;
  }

  get stopped(): boolean {
    return this.#stopped;
  }

  now(): number {
    return this.#wall.now();
  }

  schedule(delayMs: number, run: () => void): () => void {
    // Node's shortest.
    return this.after(Math.max(1, delayMs), "timer", run);
  }

  /** Runs something in this process later: not while it is stopped, and never once it is dead. */
  after(delayMs: number, what: string, run: () => void): () => void {
    let cancelled = false;
    const cancel = this.timeline.after(delayMs, `${this.name} ${what}`, () => {
      this.enter(what, () => cancelled || run());
    });
    return () => {
      cancelled = true;
      cancel();
    };
  }

  /** The kernel has something for this process: now, when it goes on, or never. */
  enter(what: string, run: () => void): void {
    if (!this.#alive) return;
    if (this.#stopped || this.#missed.length > 0) this.#missed.push([what, run]);
    else run();
  }

  pause(delayMs: number, what: string): Promise<void> {
    return new Promise((resolve) => {
      this.after(delayMs, what, resolve);
    });
  }

  /** What the kernel does when this process is dead. */
  atEnd(run: () => void): void {
    this.#atEnd.push(run);
  }

  kill(): void {
    if (!this.#alive) return;
    this.#alive = false;
    this.#missed.length = 0;
    this.timeline.note(`${this.name} killed`);
    for (const run of this.#atEnd.splice(0)) run();
  }

  stop(): void {
    this.#stopped = true;
    this.timeline.note(`${this.name} stopped`);
  }

  resume(): void {
    if (!this.#stopped) return;
    this.#stopped = false;
    this.timeline.note(`${this.name} goes on`);
    this.#catchUp();
  }

  /** What it has missed, one after the other; what comes meanwhile has to wait. */
  #catchUp(): void {
    const [next] = this.#missed;
    if (next === undefined || this.#stopped) return;
    this.timeline.after(0, `${this.name} ${next[0]}, late`, () => {
      if (this.#stopped || this.#missed[0] !== next) return;
      next[1]();
      this.#missed.shift();
      this.#catchUp();
    });
  }
}
