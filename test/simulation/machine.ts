import type { Holder } from "../../packages/local/src/engine/sessions.ts";
import type { Chance } from "./chance.ts";
import { Connection, type Quality } from "./connection.ts";
import { SimDisk } from "./disk.ts";
import type { Member } from "./member.ts";
import { SimProcess, WallClock } from "./process.ts";
import type { Timeline } from "./timeline.ts";

/** One computer: its clock, its disk, its processes and what connects them. */
export class Machine {
  readonly timeline: Timeline;
  readonly chance: Chance;
  readonly wall: WallClock;
  readonly disk: SimDisk;
  readonly windowBytes: number;
  readonly #quality: () => Quality;
  readonly #processes: SimProcess[] = [];
  #connections: Connection[] = [];
  #listening: Member | undefined;
  #failure: unknown;

  constructor(
    timeline: Timeline,
    chance: Chance,
    options: { readonly windowBytes: number; readonly quality: () => Quality },
  ) {
    this.timeline = timeline;
    this.chance = chance;
    this.windowBytes = options.windowBytes;
    this.#quality = options.quality;
    this.wall = new WallClock(timeline);
    this.disk = new SimDisk(timeline, chance);
  }

  /** What no process of a sound product can meet: a store that does not open. */
  get failure(): unknown {
    return this.#failure;
  }

  fail(error: unknown): void {
    this.#failure ??= error;
  }

  start(name: string): SimProcess {
    const process = new SimProcess(name, 100 + this.#processes.length, this.timeline, this.wall);
    this.#processes.push(process);
    return process;
  }

  running = ({ pid, startedAt }: Holder): boolean =>
    this.#processes.some(
      ({ alive, holder }) => alive && holder.pid === pid && holder.startedAt === startedAt,
    );

  /** Who owns the store and can be found. */
  get listening(): Member | undefined {
    return this.#listening?.process.alive === true ? this.#listening : undefined;
  }

  announce(owner: Member): void {
    this.#listening = owner;
  }

  silence(owner: Member): void {
    if (this.#listening === owner) this.#listening = undefined;
  }

  /** The kernel accepts for a process that is stopped, too. */
  async dial(by: Member): Promise<Connection | undefined> {
    await by.process.pause(this.chance.int(0, 1), "dial");
    const owner = this.listening;
    if (owner === undefined || owner === by) return undefined;
    const { process } = owner;
    const quality = this.#quality();
    const made = new Connection(this.timeline, this.chance, quality, by.process, process);
    this.#connections.push(made);
    process.enter("accept", () => owner.serve(made.server));
    return made;
  }

  /** The connections that are open. */
  get connections(): readonly Connection[] {
    this.#connections = this.#connections.filter(({ open }) => open);
    return this.#connections;
  }
}
