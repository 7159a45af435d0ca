import { randomBytes } from "node:crypto";
import {
  type Delivery,
  type Outcome,
  type Outgoing,
  type PeekOptions,
  type QueueStats,
  VirtualClock,
} from "@alienplatform/bindings";
import { onTestFinished } from "vitest";
import {
  Engine,
  type EngineOptions,
  type Origin,
  type QueueSpec,
  type Storage,
  type TakeOptions,
} from "../src/engine/index.ts";
import { mortal } from "./mortal-storage.ts";

const spec: QueueSpec = {
  name: "tasks",
  maxAttempts: 3,
  leaseMs: 30_000,
  retentionMs: 4 * 24 * 3_600_000,
  fifo: false,
};

/** One queue "tasks" on a store, with short words for what tests do to it. */
export class Desk {
  readonly clock: VirtualClock;
  readonly spec: QueueSpec = spec;
  readonly fifo: boolean;
  readonly #options: EngineOptions;
  readonly #disk: Storage;
  #kill: (() => void) | undefined;
  engine: Engine;
  /** Told of what every take brings, for how long and to whom. */
  onTaken:
    | ((deliveries: readonly Delivery[], leaseMs: number, session?: string) => void)
    | undefined;
  #count = 0;

  private constructor(options: EngineOptions, engine: Engine, clock: VirtualClock, fifo: boolean) {
    this.fifo = fifo;
    this.#options = options;
    this.#disk = options.storage;
    this.engine = engine;
    this.clock = clock;
  }

  static async open(
    storage: Storage,
    changes: Partial<QueueSpec> = {},
    options: Partial<EngineOptions> = {},
  ): Promise<Desk> {
    const clock = new VirtualClock();
    const all: EngineOptions = {
      storage,
      clock,
      random: randomBytes,
      durability: "process",
      ...options,
    };
    const desk = new Desk(all, await Engine.open(all), clock, changes.fifo === true);
    await desk.engine.declare([{ ...spec, ...changes }]);
    onTestFinished(() => desk.engine.close());
    return desk;
  }

  async reopen(): Promise<void> {
    await this.engine.close();
    if (this.mortal) await this.crash();
    else this.engine = await Engine.open(this.#options);
  }

  /** For crash(), before anything else. */
  async makeMortal(): Promise<void> {
    this.#kill = () => undefined;
    await this.reopen();
  }

  /** Whether crash() can be called: LevelDB lets nobody open a store that was not closed in the same process. */
  get mortal(): boolean {
    return this.#kill !== undefined;
  }

  /** The process dies and another one takes over: nothing is closed. */
  async crash(): Promise<void> {
    this.#kill?.();
    const { storage, kill } = mortal(this.#disk);
    this.#kill = kill;
    this.engine = await Engine.open({ ...this.#options, storage });
  }

  message(body: string, more: Partial<Outgoing> = {}): Outgoing {
    const id = String(++this.#count).padStart(26, "0");
    return { id, body, headers: { kind: "text" }, sentAt: this.clock.now(), ...more };
  }

  send(...bodies: readonly string[]) {
    return this.engine.send(
      "tasks",
      bodies.map((body) => this.message(body)),
    );
  }

  sendOne(body: string, more: Partial<Outgoing>) {
    return this.engine.send("tasks", [this.message(body, more)]);
  }

  async take(
    max: number,
    options: Partial<TakeOptions> = {},
    signal?: AbortSignal,
    origin?: Origin,
  ): Promise<readonly Delivery[]> {
    const all = { max, leaseMs: 30_000, waitMs: 0, ...options };
    const deliveries = await this.engine.take("tasks", all, signal, origin);
    this.onTaken?.(deliveries, all.leaseMs, origin?.session);
    return deliveries;
  }

  async bodies(max: number): Promise<readonly (string | Uint8Array)[]> {
    return (await this.take(max)).map(({ body }) => body);
  }

  settle(delivery: Delivery | undefined, outcome: Outcome) {
    return this.engine.settle("tasks", [{ receipt: delivery?.receipt ?? "", outcome }]);
  }

  ack(delivery: Delivery | undefined) {
    return this.settle(delivery, { kind: "ack" });
  }

  retry(delivery: Delivery | undefined, delayMs = 0) {
    const error = { code: "Error", message: "smtp down" };
    return this.settle(delivery, { kind: "retry", delayMs, error });
  }

  dead(options: PeekOptions = { limit: 100 }) {
    return this.engine.call("tasks", "deadLetters", [options]);
  }

  /** Resolves when what happened by itself up to now is stored. */
  async quiet(): Promise<void> {
    await this.send();
    await this.send();
  }

  /** Waits for what the engine does by itself; fails where it never does. */
  async until(met: (stats: QueueStats) => boolean): Promise<void> {
    for (let round = 0; round < 10_000; round++) {
      if (met(await this.stats())) return;
      await this.quiet();
    }
    throw new Error(`it never happened: ${JSON.stringify(await this.stats())}`);
  }

  stats() {
    return this.engine.call("tasks", "stats", []);
  }
}
