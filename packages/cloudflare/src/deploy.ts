import type { DeployPlatform, FunctionTarget } from "@alienplatform/deploy";
import { exporters } from "./exporters.ts";
import { lower } from "./lower.ts";
import { sources } from "./sources.ts";

/** What a function's bundle is made for: a Worker, which need not be compatible with Node. */
export const target: FunctionTarget = {
  platform: "cloudflare",
  entry: "@alienplatform/cloudflare/entry",
  secrets: "@alienplatform/cloudflare/secrets",
  runtime: "web",
  // A function's own code may ask for what Node has: a Worker with nodejs_compat has it.
  external: ["cloudflare:*", "node:*"],
  conditions: ["workerd", "worker"],
};

/** What deploy makes of a stack on Cloudflare. */
export const platform: DeployPlatform = {
  platform: "cloudflare",
  target,
  connect: async (options) => (await import("./deploy-client.ts")).connect(options),
  sources,
  lower,
  exporters,
};
