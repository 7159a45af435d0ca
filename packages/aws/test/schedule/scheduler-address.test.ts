import { expect, test } from "vitest";
import { readSchedulerAddress } from "../../src/schedule/scheduler-address.ts";

const role = "arn:aws:iam::123456789012:role/alien/images/dev/eu-west-1/images-dev-orders-delay";

const binding = (scheduler: unknown) => ({
  version: 1 as const,
  platform: "aws",
  queue: "orders",
  options: {
    maxAttempts: 3,
    backoff: { initialMs: 1_000, factor: 2, maxMs: 300_000, jitter: "full" as const },
    leaseMs: 30_000,
    retentionMs: 345_600_000,
    idempotency: { conflict: "original" as const },
  },
  address: { scheduler },
});

test("a scheduler is a role, whose name the group has, or both, and an endpoint where there is another", () => {
  expect(readSchedulerAddress(binding(undefined))).toBeUndefined();
  expect(readSchedulerAddress(binding(role))).toEqual({ role, group: "images-dev-orders-delay" });
  expect(readSchedulerAddress(binding({ role, group: "mine" }))).toEqual({ role, group: "mine" });
  const endpoint = "http://127.0.0.1:5000";
  expect(readSchedulerAddress(binding({ role, group: "mine", endpoint }))).toEqual({
    role,
    group: "mine",
    endpoint,
  });
});

test.each([
  [null, '"role"'],
  ["images-dev-orders", '"role"'],
  [{}, '"role"'],
  [{ role: "arn:aws:sqs:eu-west-1:123456789012:orders", group: "mine" }, '"role"'],
  [{ role }, '"group"'],
  [{ role, group: "a b" }, '"group"'],
  [{ role, group: "g".repeat(65) }, '"group"'],
  [{ role, group: "mine", endpoint: "nowhere" }, '"endpoint"'],
])("of a scheduler that deploy does not write it is said what is wrong (%#)", (given, what) => {
  expect(() => readSchedulerAddress(binding(given))).toThrow(what);
});
