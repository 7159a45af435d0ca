import { describe, it } from "vitest";
import { controllerConformance } from "../../conformance/index.ts";
import { openToyWorld, toyCases } from "./toy.ts";

controllerConformance({
  name: "the toy",
  open: () => openToyWorld(),
  cases: toyCases,
  runner: { describe, it },
});
