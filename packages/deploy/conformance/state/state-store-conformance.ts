import type { TestRunner } from "../test-runner.ts";
import { type StateStoreCase, stateStoreCases } from "./sentences.ts";
import type { OpenStateStoreWorld } from "./world.ts";

export interface StateStoreConformance {
  /** Where states are kept, as a reader of the report knows it. */
  readonly name: string;
  /** One fresh world each time. */
  readonly open: OpenStateStoreWorld;
  /** Sentence to reason, as a user would read it. */
  readonly except?: Readonly<Record<string, string>>;
  readonly runner: TestRunner;
}

/** Registers what every store of states has to do with a test runner. */
export function stateStoreConformance({
  name,
  open,
  except = {},
  runner,
}: StateStoreConformance): void {
  refuseUnknown(Object.keys(except));
  runner.describe(`states in ${name} keep the contract`, () => {
    for (const one of stateStoreCases) {
      runner.it(one.name, async (context) => {
        const exception = except[one.name];
        if (exception !== undefined) return context.skip(`excepted: ${exception}`);
        const reason = await runStateStoreCase(one, open);
        if (reason !== undefined) context.skip(reason);
      });
    }
  });
}

/** Runs one sentence; throws what it finds, answers why it does not apply. */
export async function runStateStoreCase(
  one: StateStoreCase,
  open: OpenStateStoreWorld,
): Promise<string | undefined> {
  const world = await open();
  try {
    const reason = one.whyNot?.(world);
    if (reason === undefined) await one.run(world);
    return reason;
  } finally {
    await world.close();
  }
}

function refuseUnknown(exceptions: readonly string[]): void {
  const known = stateStoreCases.map(({ name }) => name);
  const unknown = exceptions.filter((exception) => !known.includes(exception));
  if (unknown.length === 0) return;
  const quoted = unknown.map((each) => JSON.stringify(each)).join(", ");
  throw new TypeError(`except names what does not exist: ${quoted}; the form is the sentence`);
}
