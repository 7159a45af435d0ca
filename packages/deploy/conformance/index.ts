import { Bench } from "./bench.ts";
import type { ConformanceCase } from "./case.ts";
import { changing } from "./cases/changing.ts";
import { deleting } from "./cases/deleting.ts";
import { failing } from "./cases/failing.ts";
import { making } from "./cases/making.ts";
import type { TestRunner } from "./test-runner.ts";
import type { ControllerCase, ControllerWorld, OpenControllerWorld } from "./world.ts";

export { type CallFault, CallFaults, type CallRefusals } from "./call-faults.ts";
export type { ConformanceCase } from "./case.ts";
export { fastClock } from "./fast-clock.ts";
export { leapingClock } from "./leaping-clock.ts";
export { type StateStoreCase, stateStoreCases } from "./state/sentences.ts";
export {
  runStateStoreCase,
  type StateStoreConformance,
  stateStoreConformance,
} from "./state/state-store-conformance.ts";
export type { OpenStateStoreWorld, StateStoreWorld } from "./state/world.ts";
export type { TestRunner } from "./test-runner.ts";
export type { ControllerCase, ControllerWorld, OpenControllerWorld, Patch } from "./world.ts";

export interface ControllerConformance {
  /** The platform, as a reader of the report knows it. */
  readonly name: string;
  /** One fresh world each time. */
  readonly open: OpenControllerWorld;
  /** At least one for each type of part. */
  readonly cases: readonly ControllerCase[];
  /** "part case: sentence" to reason, as a user would read it. */
  readonly except?: Readonly<Record<string, string>>;
  readonly runner: TestRunner;
}

/** What every controller has to do, by topic. */
export const conformanceCases: Readonly<Record<string, readonly ConformanceCase[]>> = {
  making,
  changing,
  deleting,
  failing,
};

/** Registers the whole suite with a test runner for the controllers of one platform. */
export function controllerConformance({
  name,
  open,
  cases,
  except = {},
  runner,
}: ControllerConformance): void {
  refuseUnknown(cases, Object.keys(except));
  runner.describe(`${name}'s controllers keep the contract`, () => {
    runner.it("every type of part has a case", async () => {
      const world = await open();
      const { controllers, place } = world.cloud;
      const covered = new Set(cases.map((each) => each.parts(place).at(-1)?.type));
      const missing = Object.keys(controllers).filter((type) => !covered.has(type));
      await world.close();
      if (missing.length > 0) throw new Error(`no case for ${missing.join(", ")}`);
    });
    for (const about of cases) {
      runner.describe(about.name, () => {
        for (const one of Object.values(conformanceCases).flat()) {
          runner.it(one.name, async (context) => {
            const exception = except[keyOf(about, one)];
            if (exception !== undefined) return context.skip(`excepted: ${exception}`);
            const reason = one.whyNot?.(about);
            if (reason !== undefined) return context.skip(reason);
            await runCase(one, about, open);
          });
        }
      });
    }
  });
}

/** Runs one sentence for one part; throws what it finds. */
export async function runCase(
  one: ConformanceCase,
  about: ControllerCase,
  open: OpenControllerWorld,
): Promise<void> {
  const worlds: ControllerWorld[] = [];
  try {
    await one.run(about, async () => {
      // One at a time: a suite that starts a server for each would have many.
      await worlds.pop()?.close();
      const world = await open();
      worlds.push(world);
      return new Bench(world, about);
    });
  } finally {
    await Promise.all(worlds.map((world) => world.close()));
  }
}

function keyOf(about: ControllerCase, one: ConformanceCase): string {
  return `${about.name}: ${one.name}`;
}

function refuseUnknown(cases: readonly ControllerCase[], exceptions: readonly string[]): void {
  const known = new Set(
    cases.flatMap((about) =>
      Object.values(conformanceCases)
        .flat()
        .map((one) => keyOf(about, one)),
    ),
  );
  const unknown = exceptions.filter((exception) => !known.has(exception));
  if (unknown.length === 0) return;
  const quoted = unknown.map((each) => JSON.stringify(each)).join(", ");
  throw new TypeError(`except names what does not exist: ${quoted}; the form is "case: sentence"`);
}
