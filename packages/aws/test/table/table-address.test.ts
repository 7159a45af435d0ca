import { systemClock } from "@alienplatform/bindings";
import { expect, test } from "vitest";
import { SqsClients } from "../../src/client.ts";
import { DynamoTable } from "../../src/table/dynamo-table.ts";
import { stateTableOf } from "../../src/table/state-table-of.ts";
import { readTableAddress } from "../../src/table/table-address.ts";

const binding = (table: unknown) => ({
  version: 1 as const,
  platform: "aws",
  queue: "tasks",
  options: {
    maxAttempts: 3,
    backoff: { initialMs: 1_000, factor: 2, maxMs: 300_000, jitter: "full" as const },
    leaseMs: 30_000,
    retentionMs: 345_600_000,
    idempotency: { conflict: "original" as const },
  },
  address: { url: "https://sqs.eu-west-1.amazonaws.com/123456789012/tasks", table },
});

test("a table is a name, and an endpoint where there is another", () => {
  expect(readTableAddress(binding(undefined))).toBeUndefined();
  expect(readTableAddress(binding("images-dev-state"))).toEqual({ name: "images-dev-state" });
  expect(readTableAddress(binding({ name: "images-dev-state" }))).toEqual({
    name: "images-dev-state",
  });
  const endpoint = "https://vpce-1.dynamodb.eu-west-1.vpce.amazonaws.com";
  expect(readTableAddress(binding({ name: "images-dev-state", endpoint }))).toEqual({
    name: "images-dev-state",
    endpoint,
  });
});

test.each([
  [null, '"name"'],
  ["a b c", '"name"'],
  [{}, '"name"'],
  [{ name: "a b c" }, '"name"'],
  [{ name: "images-dev-state", endpoint: 4566 }, '"endpoint"'],
  [{ name: "images-dev-state", endpoint: "nowhere" }, '"endpoint"'],
])("of a table that deploy does not write it is said what is wrong (%#)", (table, what) => {
  expect(() => readTableAddress(binding(table))).toThrow(what);
});

test("a table is opened for the binding that names one", async () => {
  const address = {
    url: "https://sqs.eu-west-1.amazonaws.com/123456789012/tasks",
    deadLetterUrl: "https://sqs.eu-west-1.amazonaws.com/123456789012/tasks-dead",
    region: "eu-west-1",
  };
  const named = { ...binding({ name: "images-dev-state" }).address, ...address };
  const clients = new SqsClients(address);
  const of = (bound: typeof address) =>
    stateTableOf({ ...binding(undefined), address: { ...bound } }, clients, systemClock);
  expect(of(address)).toBeUndefined();
  const table = of(named);
  expect(table).toBeInstanceOf(DynamoTable);
  await table?.close();
});
