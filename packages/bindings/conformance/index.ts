import { Bench } from "./bench.ts";
import { type ConformanceCase, defaultOptions, whyNot } from "./case.ts";
import { conformanceCases } from "./cases/all.ts";
import { type Features, featuresOf, type OpenWorld } from "./world.ts";

export { Bench } from "./bench.ts";
export { type ConformanceCase, defaultOptions, whyNot } from "./case.ts";
export { conformanceCases } from "./cases/all.ts";
export { ReferenceDriver, referenceCapabilities } from "./reference-driver.ts";
export { ReferenceQueue } from "./reference-queue.ts";
export {
  type Features,
  featuresOf,
  type OpenWorld,
  type QueueWorld,
  type WorldClock,
} from "./world.ts";

/** The two functions of a test runner that the suite needs; those of vitest and of node:test fit. */
export interface TestRunner {
  describe(name: string, register: () => void): unknown;
  it(name: string, run: (context: { skip(reason?: string): void }) => Promise<void>): unknown;
}

export interface QueueConformance {
  /** The driver, as a reader of the report knows it. */
  readonly name: string;
  /** One fresh isolated queue per case. */
  readonly open: OpenWorld;
  /** Case name to reason: what this platform does differently, as a user would read it. */
  readonly except?: Readonly<Record<string, string>>;
  readonly runner: TestRunner;
}

/** Registers the whole suite with a test runner for one driver. */
export function queueConformance({ name, open, except = {}, runner }: QueueConformance): void {
  refuseUnknown(Object.keys(except));
  let features: Promise<Features> | undefined;
  runner.describe(`${name} keeps the contract`, () => {
    for (const [part, cases] of Object.entries(conformanceCases)) {
      runner.describe(part, () => {
        for (const one of cases) {
          runner.it(one.name, async (context) => {
            features ??= readFeatures(open);
            const reason = except[one.name] ?? whyNot(one, await features);
            if (reason !== undefined) return context.skip(reason);
            await runCase(one, open);
          });
        }
      });
    }
  });
}

/** Runs one case in a fresh world; throws what it finds. */
export async function runCase(one: ConformanceCase, open: OpenWorld): Promise<void> {
  const bench = new Bench(await open({ ...defaultOptions, ...one.options }));
  try {
    await one.run(bench);
  } finally {
    await bench.close();
  }
}

function refuseUnknown(exceptions: readonly string[]): void {
  const names = Object.values(conformanceCases).flatMap((cases) => cases.map((one) => one.name));
  const unknown = exceptions.filter((exception) => !names.includes(exception));
  if (unknown.length === 0) return;
  const quoted = unknown.map((one) => JSON.stringify(one)).join(", ");
  throw new TypeError(
    `except names cases that do not exist: ${quoted}; the names are those in conformanceCases`,
  );
}

async function readFeatures(open: OpenWorld): Promise<Features> {
  const world = await open(defaultOptions);
  const features = featuresOf(world);
  await world.close();
  return features;
}
