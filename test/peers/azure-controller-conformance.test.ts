import { controllerConformance } from "@alienplatform/deploy/conformance";
import { describe, it } from "vitest";
import { controllerCases } from "../../packages/azure/test/arm/controller-cases.ts";
import { openControllerWorld } from "../../packages/azure/test/arm/controller-world.ts";

// It needs nothing but Node, and is here for its length: a stage of nine parts for each call that fails.
controllerConformance({
  name: "Azure Resource Manager as published",
  cases: controllerCases(),
  open: openControllerWorld,
  runner: { describe, it },
});
