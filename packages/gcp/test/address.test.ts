import type { QueueBinding } from "@alienplatform/bindings";
import { defaultOptions } from "@alienplatform/bindings/conformance";
import { expect, it, test } from "vitest";
import { readAddress } from "../src/address.ts";

const address = {
  project: "alien",
  topic: "tasks",
  subscription: "tasks",
  deadTopic: "tasks-dead",
  deadSubscription: "tasks-dead",
  ordered: false,
};

function binding(more: Readonly<Record<string, unknown>>): QueueBinding {
  const merged = { ...address, ...more };
  return { version: 1, platform: "gcp", queue: "tasks", options: defaultOptions, address: merged };
}

it("an address is what deploy writes", () => {
  const all = { push: true, ackDeadlineSeconds: 60, endpoint: "http://127.0.0.1:8085" };
  expect(readAddress(binding({}))).toEqual(address);
  expect(readAddress(binding(all))).toEqual({ ...address, ...all });
});

test.each([
  [{ project: undefined }, 'it names no "project"'],
  [{ deadSubscription: "" }, 'it names no "deadSubscription"'],
  [{ ordered: "no" }, 'it does not say whether it is "ordered"'],
  [{ push: 1 }, '"push" is neither true nor false'],
  [{ ackDeadlineSeconds: "60" }, '"ackDeadlineSeconds" is not a number'],
  [{ endpoint: "localhost" }, '"endpoint" is not a URL'],
])("an address with %j is refused", (more, why) => {
  expect(() => readAddress(binding(more))).toThrow(
    expect.objectContaining({
      code: "BINDING_INVALID",
      message: `the address of queue "tasks" is wrong: ${why}`,
    }),
  );
});
