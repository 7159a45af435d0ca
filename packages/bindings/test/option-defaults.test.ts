import {
  type QueueOptions,
  triggerWithDefaults,
  triggerWithoutDefaults,
  withDefaults,
  withoutDefaults,
} from "@alienplatform/bindings";
import { Function as Fn, Queue } from "@alienplatform/core";
import { expect, test } from "vitest";

const declared = new Queue("tasks").build();

test("what a binding leaves out is what a queue has that declares nothing", () => {
  const { type: _type, id: _id, ...options } = declared;
  expect(withDefaults({})).toEqual(options);
  expect(withoutDefaults(options)).toEqual({});
});

test("what differs is written, and reads as it was", () => {
  const options: QueueOptions = {
    ...withDefaults({}),
    maxAttempts: 9,
    backoff: { initialMs: 1_000, factor: 3, maxMs: 300_000, jitter: "none" },
    idempotency: { conflict: "error" },
    fifo: { group: "customer" },
    concurrency: 3,
    deadLetters: "failed",
  };
  expect(withoutDefaults(options)).toEqual({
    maxAttempts: 9,
    backoff: { factor: 3, jitter: "none" },
    idempotency: { conflict: "error" },
    fifo: { group: "customer" },
    concurrency: 3,
    deadLetters: "failed",
  });
  expect(withDefaults(withoutDefaults(options))).toEqual(options);
});

test("a trigger without options is its queue, and one with some keeps those", () => {
  const [plain] = new Fn("plain").trigger(declared).build().triggers;
  const [busy] = new Fn("busy").trigger(declared, { batchSize: 10, paused: true }).build().triggers;
  if (plain === undefined || busy === undefined) throw new Error("there are no triggers");
  expect(triggerWithoutDefaults(plain)).toEqual({ queue: "tasks" });
  expect(triggerWithDefaults({ queue: "tasks" })).toEqual(plain);
  expect(triggerWithoutDefaults(busy)).toEqual({ queue: "tasks", batchSize: 10, paused: true });
  expect(triggerWithDefaults(triggerWithoutDefaults(busy))).toEqual(busy);
});
