import { AlienError, type ErrorCode } from "@alienplatform/core";
import { describe, expect, it, test } from "vitest";
import {
  memoryTable,
  type OpenTable,
  runTableCase,
  tableCases,
  tableConformance,
} from "../../conformance/index.ts";
import type { StateTable, TableItem } from "../../src/table/state-table.ts";
import { dialing } from "./dialing.ts";
import { readMutants } from "./read-mutants.ts";
import { writeMutants } from "./write-mutants.ts";

const tableMutants = [...writeMutants, ...readMutants];

const cases = new Map(
  Object.values(tableCases).flatMap((part) => part.map((one) => [one.name, one] as const)),
);

const open: OpenTable = async (clock) => {
  const items = new Map<string, TableItem>();
  return {
    table: memoryTable(clock, items),
    another: async () => memoryTable(clock, items),
    missing: async () => refusing("UNKNOWN_TABLE", false),
    forbidden: async () => refusing("PERMISSION_DENIED", false),
    at: async (address) => dialing(address),
    close: async () => undefined,
  };
};

tableConformance({ name: "the table in memory", open, runner: { describe, it } });

const faulty: readonly [string, string, StateTable][] = [
  [
    "says that a service that cannot be reached stays so",
    "a service that cannot be reached may be there later",
    refusing("SERVICE_UNAVAILABLE", false),
  ],
  [
    "says that a broken connection is a fault of its own",
    "a connection that breaks may hold later",
    refusing("DRIVER_FAILED", true),
  ],
  [
    "does not tell an unanswered call from an aborted one",
    "a signal that fires ends calls that are not answered",
    refusing("SERVICE_UNAVAILABLE", true),
  ],
  [
    "says that a table that is not there may come",
    "a table that is not there is unknown, and stays so",
    refusing("UNKNOWN_TABLE", true),
  ],
  [
    "takes a forbidden table for one that is not there",
    "an identity that may not is told so, and stays so",
    refusing("UNKNOWN_TABLE", false),
  ],
  [
    "quotes the value it was to write",
    "an identity that may not is told so, and stays so",
    refusing("PERMISSION_DENIED", false, (value) => `${value} was refused`),
  ],
];

describe("the suite refuses a table that", () => {
  test.each(tableMutants.map((mutant) => [mutant.does, mutant] as const))(
    "%s",
    async (_, { caughtBy, spoil }) => {
      await refuses(caughtBy, async (clock) => {
        const world = await open(clock);
        const spoiled = (table: StateTable) => ({ ...table, ...spoil(table, clock) });
        const another = async () => spoiled(await world.another());
        return { ...world, table: spoiled(world.table), another };
      });
    },
  );

  test.each(faulty)("%s", async (_, caughtBy, table) => {
    const make = async () => table;
    await refuses(caughtBy, async (clock) => ({
      ...(await open(clock)),
      at: make,
      missing: make,
      forbidden: make,
    }));
  });
});

test("every case has a name of its own", () => {
  expect(cases.size).toBe(Object.values(tableCases).flat().length);
});

test("every case finds the fault of some table", () => {
  const seen = [...tableMutants.map(({ caughtBy }) => caughtBy), ...faulty.map(([, by]) => by)];
  const unseen = [...cases.keys()].filter((name) => !seen.includes(name));
  expect(unseen).toEqual([]);
});

test("an exception that names no case is refused", () => {
  const except = { "no such case": "it is a typo" };
  expect(() => tableConformance({ name: "typo", open, except, runner: { describe, it } })).toThrow(
    '"no such case"',
  );
});

async function refuses(caughtBy: string, opening: OpenTable): Promise<void> {
  const one = cases.get(caughtBy);
  if (one === undefined) throw new TypeError(`there is no case "${caughtBy}"`);
  expect(await runTableCase(one, open).catch((thrown: unknown) => thrown)).toBeUndefined();
  const found = await runTableCase(one, opening).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(found).toBeInstanceOf(Error);
}

function refusing(
  code: ErrorCode,
  retryable: boolean,
  says: (value: string) => string = () => "it was refused",
): StateTable {
  const refuse = async (value = "") => {
    throw new AlienError(code, says(value), { fix: "Do something about it.", retryable });
  };
  return {
    get: () => refuse(),
    put: ({ value }) => refuse(value),
    delete: () => refuse(),
    list: () => refuse(),
    close: async () => undefined,
  };
}
