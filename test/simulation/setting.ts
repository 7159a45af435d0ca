import type { Durability } from "../../packages/local/src/engine/options.ts";
import type { QueueSpec } from "../../packages/local/src/engine/port.ts";
import type { Chance } from "./chance.ts";

/** What can go wrong in a world, each on or off: worlds with few faults get deeper into each of them. */
export interface Faults {
  readonly kill: boolean;
  readonly powerCut: boolean;
  readonly cut: boolean;
  readonly stop: boolean;
  readonly jump: boolean;
  readonly trap: boolean;
  readonly slowDisk: boolean;
  readonly slowNetwork: boolean;
}

/** What kind of world a seed makes. */
export interface Setting {
  readonly members: number;
  readonly operations: number;
  readonly durability: Durability;
  readonly windowBytes: number;
  readonly spec: QueueSpec;
  /** Lengths of leases, delays and pauses, in milliseconds. */
  readonly leases: readonly [number, ...number[]];
  readonly delays: readonly [number, ...number[]];
  readonly pauses: readonly [number, ...number[]];
  readonly groups: number;
  readonly keys: number;
  /** The highest limit of concurrency keys; 0 where there are none. */
  readonly limits: number;
  readonly operating: boolean;
  /** Some pauses are longer than a day, so that idempotency keys run out. */
  readonly long: boolean;
  /** Milliseconds between two faults at most. */
  readonly faultEveryMs: number;
  readonly faults: Faults;
}

export function settingOf(chance: Chance): Setting {
  const fifo = chance.is(0.35);
  const long = chance.is(0.1);
  const calm = chance.is(0.1);
  const some = (probability: number): boolean => !calm && chance.is(probability);
  return {
    members: chance.pick([1, 2, 2, 3, 3, 4]),
    operations: chance.int(30, 80),
    durability: chance.is(0.8) ? "power" : "process",
    windowBytes: chance.pick([1, 1_000, 16 * 1024 * 1024]),
    spec: {
      name: "tasks",
      maxAttempts: chance.pick([1, 2, 3, 5]),
      leaseMs: 5_000,
      retentionMs: 14 * 24 * 3_600_000,
      fifo,
      conflict: chance.is(0.2) ? "error" : "original",
    },
    leases: chance.is(0.5) ? [500, 2_000, 5_000] : [5_000, 30_000],
    delays: [0, 100, 1_000, 5_000, 40_000],
    pauses: chance.is(0.5) ? [0, 0, 1, 5, 50] : [0, 1, 20, 300, 1_500],
    groups: chance.int(1, 4),
    keys: chance.pick([0, 3, 3, 6]),
    limits: chance.pick([0, 0, 1, 2]),
    operating: chance.is(0.5),
    long,
    faultEveryMs: chance.pick([80, 400, 400, 1_500]),
    faults: {
      kill: some(0.5),
      powerCut: some(0.3),
      cut: some(0.5),
      stop: some(0.25),
      jump: some(0.15),
      trap: some(0.3),
      slowDisk: some(0.3),
      slowNetwork: some(0.3),
    },
  };
}
