import { describe, expect, test } from "vitest";
import {
  conformanceCases,
  defaultOptions,
  ReferenceDriver,
  runCase,
} from "../conformance/index.ts";
import { VirtualClock } from "../src/virtual-clock.ts";
import { driverMutants } from "./conformance-mutants/drivers.ts";
import { groupMutants } from "./conformance-mutants/groups.ts";
import type { Mutant } from "./conformance-mutants/mutant.ts";
import { queueMutants } from "./conformance-mutants/queues.ts";

const cases = new Map(
  Object.values(conformanceCases).flatMap((part) => part.map((one) => [one.name, one] as const)),
);

describe.each<[string, readonly Mutant[]]>([
  ["queue", queueMutants],
  ["group", groupMutants],
  ["driver", driverMutants],
])("the suite refuses a %s that", (_, mutants) => {
  test.each(mutants.map((mutant) => [mutant.does, mutant] as const))(
    "%s",
    async (_does, mutant) => {
      const one = cases.get(mutant.caughtBy);
      if (one === undefined) throw new TypeError(`there is no case "${mutant.caughtBy}"`);
      const found = await runCase(one, async (options) => {
        const clock = Object.assign(new VirtualClock(), { patienceMs: 0 });
        const driver = mutant.make("tasks", { ...defaultOptions, ...options }, clock);
        return {
          queue: "tasks",
          driver,
          clock,
          options,
          operator: driver,
          another: async () => new ReferenceDriver(driver.queue),
          close: () => driver.close(),
        };
      }).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      expect(found).toBeInstanceOf(Error);
      expect(found).not.toBeInstanceOf(TypeError);
    },
  );
});
