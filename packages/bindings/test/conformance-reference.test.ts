import { describe, expect, it, test } from "vitest";
import {
  alone,
  conformanceCases,
  defaultOptions,
  type OpenWorld,
  queueConformance,
  ReferenceDriver,
  ReferenceQueue,
  referenceCapabilities,
  runCase,
} from "../conformance/index.ts";
import type { QueueCapabilities, Settlement, SettleResult } from "../src/queue/driver.ts";
import { VirtualClock } from "../src/virtual-clock.ts";

const open: OpenWorld = async (options) => {
  const clock = new VirtualClock();
  const queue = new ReferenceQueue("tasks", options, clock);
  const other = new ReferenceQueue("others", alone(options), clock);
  queue.siblings.set(other.name, other);
  const driver = new ReferenceDriver(queue);
  const others = new ReferenceDriver(other);
  return {
    queue: queue.name,
    driver,
    clock,
    options,
    operator: driver,
    another: async () => new ReferenceDriver(queue),
    sibling: { queue: other.name, driver: others, operator: others },
    close: () => driver.close(),
  };
};

queueConformance({ name: "the reference driver", open, runner: { describe, it } });

/** Each of its calls is a request: what comes one by one is gathered, and nothing is held ahead. */
class NetworkDriver extends ReferenceDriver {
  override readonly capabilities: QueueCapabilities = {
    ...referenceCapabilities,
    network: { inFlight: 4, lingerMs: 10 },
  };
}

const openNetwork: OpenWorld = async (options) => {
  const clock = new VirtualClock();
  const queue = new ReferenceQueue("tasks", options, clock);
  const driver = new NetworkDriver(queue);
  return {
    queue: queue.name,
    driver,
    clock,
    options,
    operator: driver,
    another: async () => new NetworkDriver(queue),
    close: () => driver.close(),
  };
};

queueConformance({
  name: "the reference driver over a network",
  open: openNetwork,
  runner: { describe, it },
});

/** Has only what every platform has, so that the opposites of the other cases are run too. */
class PlainDriver extends ReferenceDriver {
  override readonly capabilities: QueueCapabilities = {
    ...referenceCapabilities,
    extend: false,
    release: false,
    ordered: false,
    priority: false,
    concurrencyKeys: false,
    idempotency: false,
    history: false,
    fencing: "none",
    delayMaxMs: 0,
  };

  protected override async settle(batch: readonly Settlement[]): Promise<SettleResult[]> {
    const results = await super.settle(batch.map(countRelease));
    return results.map((result) => (result.ok ? result : { ok: true, applied: "unknown" }));
  }
}

function countRelease({ delivery, outcome }: Settlement): Settlement {
  const error = { code: "RELEASED", message: "this platform counts a release" };
  const counted = { kind: "retry", delayMs: 0, error } as const;
  return { delivery, outcome: outcome.kind === "release" ? counted : outcome };
}

queueConformance({
  name: "a driver with few capabilities",
  open: async (options) => {
    const clock = new VirtualClock();
    const driver = new PlainDriver(new ReferenceQueue("tasks", options, clock));
    return {
      queue: "tasks",
      driver,
      clock,
      options,
      operator: driver,
      close: () => driver.close(),
    };
  },
  runner: { describe, it },
});

test("an exception that names no case is refused", () => {
  expect(() =>
    queueConformance({
      name: "typo",
      open,
      except: { "an acked message comes back": "no" },
      runner: { describe, it },
    }),
  ).toThrow('"an acked message comes back"');
});

test("a case that needs more time than its world affords does not apply, and says so", async () => {
  const keeping = conformanceCases.keeping?.[0];
  if (keeping === undefined) throw new TypeError("there is no case of keeping");
  const affords =
    (slowMs: number): OpenWorld =>
    async (options) => {
      const world = await open(options);
      return { ...world, clock: Object.assign(world.clock, { slowMs }) };
    };
  const reason = "takes longer than 30 s of real time here";
  expect(await runCase(keeping, affords(30_000))).toBe(reason);
  expect(await runCase(keeping, affords(120_000))).toBeUndefined();
  expect(await runCase(keeping, affords(5_000), affords(30_000))).toBe(reason);
  expect(await runCase(keeping, affords(5_000), affords(120_000))).toBeUndefined();
});

test("every case has a name of its own", () => {
  const names = Object.values(conformanceCases).flatMap((cases) => cases.map(({ name }) => name));
  expect(new Set(names).size).toBe(names.length);
  expect(names.length).toBeGreaterThan(80);
});

test("a world is opened with complete options", async () => {
  const { options, close } = await open({ ...defaultOptions, leaseMs: 1_000 });
  expect(options).toMatchObject({ leaseMs: 1_000, maxAttempts: 3 });
  await close();
});
