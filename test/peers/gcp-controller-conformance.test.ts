import { controllerConformance } from "@alienplatform/deploy/conformance";
import { describe, it, vi } from "vitest";
import { controllerCases } from "../../packages/gcp/test/control/controller-cases.ts";
import { openControllerWorld } from "../../packages/gcp/test/control/controller-world.ts";
import { delayCases } from "../../packages/gcp/test/control/delay-cases.ts";

// It needs nothing but Node, and is here for its length. A case makes a stage for each call that it lets fail: a hundred, where a part needs five others; and five cases share
// what a busy machine has left for them.
vi.setConfig({ testTimeout: 600_000 });

controllerConformance({
  name: "Google Cloud, checked by its protos,",
  runner: { describe: describe.concurrent, it: it.concurrent },
  open: openControllerWorld,
  cases: [...controllerCases, ...delayCases],
});
