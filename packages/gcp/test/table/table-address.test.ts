import { systemClock } from "@alienplatform/bindings";
import { expect, test } from "vitest";
import { FirestoreTable } from "../../src/table/firestore-table.ts";
import { stateTableOf } from "../../src/table/state-table-of.ts";
import { readTableAddress } from "../../src/table/table-address.ts";
import { FirestoreFault, tableError } from "../../src/table/table-errors.ts";

const binding = (table: unknown) => ({
  version: 1 as const,
  platform: "gcp",
  queue: "tasks",
  options: {
    maxAttempts: 3,
    backoff: { initialMs: 1_000, factor: 2, maxMs: 300_000, jitter: "full" as const },
    leaseMs: 30_000,
    retentionMs: 345_600_000,
    idempotency: { conflict: "original" as const },
  },
  address: {
    project: "shop-1",
    topic: "tasks",
    subscription: "tasks",
    deadTopic: "tasks-dead",
    deadSubscription: "tasks-dead",
    ordered: false,
    table,
  },
});

test("a table is a database of the queue's project", () => {
  expect(readTableAddress(binding(undefined))).toBeUndefined();
  const endpoint = "http://127.0.0.1:8080";
  expect(readTableAddress(binding({ database: "shop-dev", endpoint }))).toEqual({
    project: "shop-1",
    database: "shop-dev",
    endpoint,
  });
  expect(stateTableOf(binding(undefined), systemClock)).toBeUndefined();
  expect(stateTableOf(binding({ database: "shop-dev" }), systemClock)).toBeInstanceOf(
    FirestoreTable,
  );
});

test.each([
  [null, '"database"'],
  [{ database: "" }, '"database"'],
  [{ database: "shop-dev", endpoint: 8080 }, '"endpoint"'],
  [{ database: "shop-dev", endpoint: "nowhere" }, '"endpoint"'],
])("of a table that deploy does not write it is said what is wrong (%#)", (table, what) => {
  expect(() => readTableAddress(binding(table))).toThrow(what);
});

test.each([
  ["NOT_FOUND", "UNKNOWN_TABLE", false],
  ["PERMISSION_DENIED", "PERMISSION_DENIED", false],
  ["UNAUTHENTICATED", "PERMISSION_DENIED", false],
  ["RESOURCE_EXHAUSTED", "THROTTLED", true],
  ["ABORTED", "SERVICE_UNAVAILABLE", true],
  ["UNAVAILABLE", "SERVICE_UNAVAILABLE", true],
  ["INVALID_ARGUMENT", "DRIVER_FAILED", false],
])("what Firestore says has its meaning: %s", (status, code, retryable) => {
  const error = tableError("the get", new FirestoreFault(status, "a value that no error quotes"));
  expect(error).toMatchObject({ code, retryable });
  expect(JSON.stringify(error)).not.toContain("no error quotes");
});
