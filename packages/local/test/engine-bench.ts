import { randomBytes } from "node:crypto";
import { type Delivery, type Outcome, type Outgoing, VirtualClock } from "@alienplatform/bindings";
import { onTestFinished } from "vitest";
import {
  Engine,
  type Origin,
  type QueueSpec,
  type Storage,
  type TakeOptions,
} from "../src/engine/index.ts";

const spec: QueueSpec = {
  name: "tasks",
  maxAttempts: 3,
  leaseMs: 30_000,
  retentionMs: 4 * 24 * 3_600_000,
  backoff: { initialMs: 1_000, factor: 2, maxMs: 300_000, jitter: "none" },
  fifo: false,
};

/** One queue "tasks" on a store, with short words for what tests do to it. */
export class Bench {
  readonly clock: VirtualClock;
  readonly storage: Storage;
  engine: Engine;
  #count = 0;

  private constructor(storage: Storage, engine: Engine, clock: VirtualClock) {
    this.storage = storage;
    this.engine = engine;
    this.clock = clock;
  }

  static async open(storage: Storage, changes: Partial<QueueSpec> = {}): Promise<Bench> {
    const clock = new VirtualClock();
    const bench = new Bench(storage, await openEngine(storage, clock), clock);
    await bench.engine.declare([{ ...spec, ...changes }]);
    onTestFinished(() => bench.engine.close());
    return bench;
  }

  async reopen(): Promise<void> {
    await this.engine.close();
    this.engine = await openEngine(this.storage, this.clock);
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

  take(max: number, options: Partial<TakeOptions> = {}, signal?: AbortSignal, origin?: Origin) {
    return this.engine.take(
      "tasks",
      { max, leaseMs: 30_000, waitMs: 0, ...options },
      signal,
      origin,
    );
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

  stats() {
    return this.engine.stats("tasks");
  }
}

function openEngine(storage: Storage, clock: VirtualClock): Promise<Engine> {
  return Engine.open({ storage, clock, random: randomBytes, durability: "process" });
}
