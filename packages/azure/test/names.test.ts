import { expect, test } from "vitest";
import {
  appName,
  componentName,
  groupName,
  identityName,
  namespaceName,
  planName,
  vaultName,
  workspaceName,
} from "../src/names.ts";

const place = (stack: string, stage = "dev") => ({
  stack,
  stage,
  subscription: "00000000-1111-4222-8333-444444444444",
  region: "westeurope",
});
const odd = [
  "2048",
  "my--shop",
  "my-shop",
  "-shop",
  "_shop",
  "a",
  "9_-_9",
  "Shop.1",
  "x".repeat(63),
];

// https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules
test.each(odd)("the stack %s has names that Azure takes", (stack) => {
  const at = place(stack);
  expect(vaultName(at)).toMatch(/^(?!.*--)[A-Za-z][A-Za-z0-9-]{1,22}[A-Za-z0-9]$/);
  expect(namespaceName(at)).toMatch(/^(?!.*--)[A-Za-z][A-Za-z0-9-]{4,48}[A-Za-z0-9]$/);
  expect(workspaceName(at)).toMatch(/^[A-Za-z0-9][A-Za-z0-9-]{2,61}[A-Za-z0-9]$/);
  expect(appName(at, "worker")).toMatch(/^[A-Za-z0-9][A-Za-z0-9-]{0,58}[A-Za-z0-9]$/);
  expect(planName(at, "worker")).toMatch(/^[A-Za-z0-9][A-Za-z0-9-]{0,59}$/);
  expect(identityName(at, "worker")).toMatch(/^[A-Za-z0-9][A-Za-z0-9_-]{2,127}$/);
  expect(groupName(at)).toMatch(/^[A-Za-z0-9][A-Za-z0-9_-]{0,89}$/);
  expect(componentName(at)).toMatch(/^[A-Za-z0-9][A-Za-z0-9_-]{0,259}$/);
});

test("stacks that differ in what is changed alone keep different names", () => {
  for (const nameOf of [vaultName, namespaceName]) {
    expect(new Set(odd.map((stack) => nameOf(place(stack)))).size).toBe(odd.length);
  }
});

test("a name that is legal as it is stays what it was", () => {
  expect(namespaceName(place("shop"))).toMatch(/^shop-dev-[0-9a-f]{8}$/);
});
