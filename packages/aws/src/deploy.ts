import type { DeployPlatform, FunctionTarget } from "@alienplatform/deploy";
import { accessPolicy } from "./access-policy.ts";
import { exporters } from "./exporters.ts";
import { lower } from "./lower.ts";
import { sources } from "./sources.ts";

/** What a function's bundle is made for: Lambda on Node. */
export const target: FunctionTarget = {
  platform: "aws",
  entry: "@alienplatform/aws/entry",
  secrets: "@alienplatform/aws/secrets",
  alias: { "@aws-sdk/credential-provider-node": "@alienplatform/aws/credentials" },
};

/** What deploy makes of a stack on AWS. */
export const platform: DeployPlatform = {
  platform: "aws",
  target,
  // The clients of eight services load slowly, and a plan without reads needs none.
  connect: async (options) => (await import("./deploy-client.ts")).connect(options),
  sources,
  lower,
  accessPolicy,
  exporters,
};
