import { describe, expect, it, test } from "vitest";
import {
  conformanceCases,
  defaultOptions,
  type OpenWorld,
  queueConformance,
  ReferenceDriver,
  ReferenceQueue,
  referenceCapabilities,
} from "../conformance/index.ts";
import type { QueueCapabilities, Settlement, SettleResult } from "../src/queue/driver.ts";
import { VirtualClock } from "../src/virtual-clock.ts";

const open: OpenWorld = async (options) => {
  const clock = new VirtualClock();
  const queue = new ReferenceQueue("tasks", options, clock);
  const driver = new ReferenceDriver(queue);
  return {
    queue: queue.name,
    driver,
    clock,
    options,
    operator: driver,
    another: async () => new ReferenceDriver(queue),
    close: () => driver.close(),
  };
};

queueConformance({ name: "the reference driver", open, runner: { describe, it } });

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
