import { expect, it } from "vitest";
import { publishedVersions, resourceProblems } from "./resource-schemas.ts";

const QUEUE = "Microsoft.ServiceBus/namespaces/queues";

it("knows every version of a type's API, whatever the letters' case", () => {
  expect(publishedVersions(QUEUE.toUpperCase())).toEqual(
    expect.arrayContaining(["2015-08-01", "2021-11-01", "2024-01-01"]),
  );
  expect(publishedVersions("Microsoft.Compute/virtualMachines")).toBeUndefined();
});

it("refuses to judge what was not brought here", () => {
  expect(() => resourceProblems(QUEUE, "2024-01-01", "request", {})).toThrow("see vendor.ts");
});

it("tells what is asked from what is answered", () => {
  const counted = { name: "tasks", properties: { messageCount: 3 } };
  expect(resourceProblems(QUEUE, "2021-11-01", "answer", counted)).toEqual([]);
  expect(resourceProblems(QUEUE, "2021-11-01", "request", counted)).toEqual([
    "$.properties.messageCount is nobody's to say here",
  ]);
});
