import { controllerConformance } from "@alienplatform/deploy/conformance";
import { afterAll, describe, expect, it } from "vitest";
import { AccountServer } from "../../packages/cloudflare/test/account/account-server.ts";
import {
  controllerCases,
  partTypes,
} from "../../packages/cloudflare/test/account/controller-cases.ts";
import { controllerWorlds } from "../../packages/cloudflare/test/account/controller-world.ts";

// It needs nothing but Node, and is here for its length: a stage for each call that fails.
const server = await AccountServer.open();
afterAll(() => server.close());
const cases = controllerCases(server);

controllerConformance({
  name: "Cloudflare",
  runner: { describe, it },
  open: controllerWorlds(server),
  cases,
});

it("there is a case for every type of part", () => {
  expect(new Set(cases.map(({ name }) => name.split(",")[0]))).toEqual(new Set(partTypes));
});
