import { describe, expect, it, test } from "vitest";
import {
  conformanceCases,
  defaultOptions,
  type OpenWorld,
  queueConformance,
  ReferenceDriver,
  ReferenceQueue,
} from "../conformance/index.ts";
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
