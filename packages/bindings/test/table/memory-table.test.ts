import { expect, test } from "vitest";
import { memoryTable } from "../../conformance/index.ts";
import { VirtualClock } from "../../src/virtual-clock.ts";

const key = { partition: "key/tasks", sort: "a" };

test("an item is written under a condition, read, and over by the clock", async () => {
  const clock = new VirtualClock();
  const table = memoryTable(clock);
  const item = { ...key, value: "one", expiresAt: clock.now() + 1_000 };
  const first = await table.put(item, undefined);
  expect(first).toBeDefined();
  expect(await table.put({ ...item, value: "two" }, undefined)).toBeUndefined();
  expect(await table.get(key)).toEqual({ ...item, version: first });
  await clock.advance(1_000);
  expect(await table.get(key)).toBeUndefined();
  expect(await table.put(item, first)).toBeUndefined();
  expect(await table.put(item, undefined)).toBeDefined();
});

test.each([
  ["an empty sort key", { ...key, sort: "", value: "" }],
  ["a partition of 201 characters", { ...key, partition: "p".repeat(201), value: "" }],
  ["a key that is not printable ASCII", { ...key, sort: "ö", value: "" }],
  ["a value over 256 KiB", { ...key, value: "x".repeat(256 * 1024 + 1) }],
])("it refuses %s, as a mistake of the layer over it", async (_, item) => {
  await expect(memoryTable(new VirtualClock()).put(item, undefined)).rejects.toThrow(TypeError);
});
