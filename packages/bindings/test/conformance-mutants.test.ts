import { describe, expect, test } from "vitest";
import {
  alone,
  conformanceCases,
  defaultOptions,
  type OpenWorld,
  ReferenceDriver,
  ReferenceQueue,
  runCase,
} from "../conformance/index.ts";
import { VirtualClock } from "../src/virtual-clock.ts";
import { bareMutants } from "./conformance-mutants/bare.ts";
import { bareOperatorMutants } from "./conformance-mutants/bare-operators.ts";
import { concurrencyMutants } from "./conformance-mutants/concurrency.ts";
import { deadLetterQueueMutants } from "./conformance-mutants/dead-letter-queues.ts";
import { deadLetterMutants } from "./conformance-mutants/dead-letters.ts";
import { driverMutants } from "./conformance-mutants/drivers.ts";
import { groupMutants } from "./conformance-mutants/groups.ts";
import { inspectorMutants } from "./conformance-mutants/inspectors.ts";
import { jobMutants } from "./conformance-mutants/jobs.ts";
import { keepingMutants } from "./conformance-mutants/keeping.ts";
import type { Mutant } from "./conformance-mutants/mutant.ts";
import { pausingMutants } from "./conformance-mutants/pausing.ts";
import { queueMutants } from "./conformance-mutants/queues.ts";
import { retryMutants } from "./conformance-mutants/retries.ts";

const cases = new Map(
  Object.values(conformanceCases).flatMap((part) => part.map((one) => [one.name, one] as const)),
);

describe.each<[string, readonly Mutant[]]>([
  ["queue", queueMutants],
  ["group", groupMutants],
  ["concurrency", concurrencyMutants],
  ["driver", driverMutants],
  ["retry", retryMutants],
  ["dead letter", deadLetterMutants],
  ["dead-letter queue", deadLetterQueueMutants],
  ["pause", pausingMutants],
  ["look inside", inspectorMutants],
  ["keeper", keepingMutants],
  ["keeper of jobs", jobMutants],
])("the suite refuses a %s that", (_, mutants) => {
  test.each(mutants.map((mutant) => [mutant.does, mutant] as const))(
    "%s",
    async (_does, mutant) => {
      const open: OpenWorld = async (options) => {
        const clock = Object.assign(new VirtualClock(), { patienceMs: 0 });
        const driver = mutant.make("tasks", { ...defaultOptions, ...options }, clock);
        const other = new ReferenceQueue("others", alone(options), clock);
        driver.queue.siblings.set(other.name, other);
        const others = new ReferenceDriver(other);
        return {
          queue: "tasks",
          driver,
          clock,
          options,
          operator: driver,
          sibling: { queue: other.name, driver: others, operator: others },
          another: async () => new ReferenceDriver(driver.queue),
          close: () => driver.close(),
        };
      };
      await refuses(mutant, open);
    },
  );
});

describe("the suite refuses a bare service, or what makes a queue of it, that", () => {
  test.each(
    [...bareMutants, ...bareOperatorMutants].map((mutant) => [mutant.does, mutant] as const),
  )("%s", (_, mutant) => refuses(mutant, mutant.open));
});

async function refuses({ caughtBy }: { readonly caughtBy: string }, open: OpenWorld) {
  const one = cases.get(caughtBy);
  if (one === undefined) throw new TypeError(`there is no case "${caughtBy}"`);
  const found = await runCase(one, open).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(found).toBeInstanceOf(Error);
  expect(found).not.toBeInstanceOf(TypeError);
}
