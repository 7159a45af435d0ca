import { systemClock } from "@alienplatform/bindings";
import { expect, test, vi } from "vitest";
import { AzureTable } from "../../src/table/azure-table.ts";
import { stateTableOf } from "../../src/table/state-table-of.ts";
import { readTableAddress } from "../../src/table/table-address.ts";

const endpoint = "https://contoso.table.core.windows.net";
const binding = (table: unknown) => ({
  version: 1 as const,
  platform: "azure",
  queue: "tasks",
  options: {
    maxAttempts: 3,
    backoff: { initialMs: 1_000, factor: 2, maxMs: 300_000, jitter: "full" as const },
    leaseMs: 30_000,
    retentionMs: 345_600_000,
    idempotency: { conflict: "original" as const },
  },
  address: { namespace: "contoso.servicebus.windows.net", queue: "a", deadQueue: "b", table },
});

test("a table is an account's endpoint and a name", () => {
  expect(readTableAddress(binding(undefined))).toBeUndefined();
  expect(readTableAddress(binding({ endpoint: `${endpoint}/`, name: "imagesdev" }))).toEqual({
    endpoint,
    name: "imagesdev",
  });
});

test.each([
  [null, '"endpoint"'],
  [{ name: "imagesdev" }, '"endpoint"'],
  [{ endpoint: "contoso", name: "imagesdev" }, '"endpoint"'],
  [{ endpoint }, '"name"'],
  [{ endpoint, name: "images-dev" }, '"name"'],
  [{ endpoint, name: "imagesdev", connectionStringFrom: "" }, '"connectionStringFrom"'],
])("of a table that deploy does not write it is said what is wrong (%#)", (table, what) => {
  expect(() => readTableAddress(binding(table))).toThrow(what);
});

test("a table is opened for the binding that names one, and asks for its key when it is used", async () => {
  expect(stateTableOf(binding(undefined), systemClock)).toBeUndefined();
  const named = { endpoint, name: "imagesdev", connectionStringFrom: "NO_STORAGE" };
  const table = stateTableOf(binding(named), systemClock);
  expect(table).toBeInstanceOf(AzureTable);
  const key = { partition: "a", sort: "b" };
  await expect(table?.get(key)).rejects.toMatchObject({ code: "SECRET_MISSING" });
  vi.stubEnv("NO_STORAGE", "AccountName=contoso");
  await expect(table?.get(key)).rejects.toMatchObject({ code: "BINDING_INVALID" });
});
