import type { TestRunner } from "../test-runner.ts";
import { tableCases } from "./cases/all.ts";
import { TableBench } from "./table-bench.ts";
import { type TableCase, whyNotHere } from "./table-case.ts";
import type { OpenTable } from "./table-world.ts";

export interface TableConformance {
  /** The store, as a reader of the report knows it. */
  readonly name: string;
  /** A world for each case; worlds may share one table. */
  readonly open: OpenTable;
  /** Case name to reason: what this service does differently, as a user would read it. */
  readonly except?: Readonly<Record<string, string>>;
  readonly runner: TestRunner;
}

/** Registers the whole suite of state tables with a test runner for one store. */
export function tableConformance({ name, open, except = {}, runner }: TableConformance): void {
  refuseUnknown(Object.keys(except));
  runner.describe(`${name} keeps the contract of a state table`, () => {
    for (const [part, cases] of Object.entries(tableCases)) {
      runner.describe(part, () => {
        for (const one of cases) {
          runner.it(one.name, async (context) => {
            const exception = except[one.name];
            if (exception !== undefined) return context.skip(`excepted: ${exception}`);
            const reason = await runTableCase(one, open);
            if (reason !== undefined) return context.skip(reason);
          });
        }
      });
    }
  });
}

/** Runs one case in a world of its own; throws what it finds, and answers why it does not apply. */
export async function runTableCase(one: TableCase, open: OpenTable): Promise<string | undefined> {
  const bench = await TableBench.open(open);
  try {
    const reason = whyNotHere(one, bench.world);
    if (reason === undefined) await one.run(bench);
    return reason;
  } finally {
    await bench.world.close();
  }
}

function refuseUnknown(exceptions: readonly string[]): void {
  const names = Object.values(tableCases).flatMap((cases) => cases.map((one) => one.name));
  const unknown = exceptions.filter((exception) => !names.includes(exception));
  if (unknown.length === 0) return;
  const quoted = unknown.map((one) => JSON.stringify(one)).join(", ");
  throw new TypeError(`except names cases that do not exist: ${quoted}; those of tableCases exist`);
}
