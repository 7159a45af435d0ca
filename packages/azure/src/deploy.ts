import type { DeployPlatform, FunctionTarget } from "@alienplatform/deploy";
import { accessPolicy } from "./access-policy.ts";
import { exporters } from "./exporters.ts";
import { hostFiles } from "./function/host-files.ts";
import { lower } from "./lower.ts";
import { sources } from "./sources.ts";

/** What a function's bundle is made for: Azure Functions on Node. */
export const target: FunctionTarget = {
  platform: "azure",
  entry: "@alienplatform/azure/app",
  secrets: "@alienplatform/azure/secrets",
  // Of the host's worker.
  external: ["@azure/functions-core"],
  files: hostFiles,
};

/** What deploy makes of a stack on Azure. */
export const platform: DeployPlatform = {
  platform: "azure",
  target,
  // The clients load slowly, and a plan without reads needs none.
  connect: async (options) => (await import("./deploy-client.ts")).connect(options),
  sources,
  lower,
  accessPolicy,
  exporters,
};
