import { controllerConformance } from "@alienplatform/deploy/conformance";
import { describe, it, vi } from "vitest";
import { controllerCases } from "./support/aws/controller-cases.ts";
import { openControllerWorld } from "./support/aws/controller-world.ts";
import { startAws } from "./support/aws/start-aws.ts";

const { endpoint } = await startAws({ newRoleRefusals: 0 });
vi.stubEnv("AWS_ENDPOINT_URL", endpoint);
vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");

// A case makes a stage for each call that it lets fail: a hundred, where a part needs three others.
vi.setConfig({ testTimeout: 600_000 });

controllerConformance({
  name: "AWS on moto",
  // One after the other: moto answers one call at a time.
  runner: { describe, it },
  open: openControllerWorld,
  cases: controllerCases,
});
