import type { DeployPlatform, FunctionTarget } from "@alienplatform/deploy";
import { accessPolicy } from "./access-policy.ts";
import { exporters } from "./exporters.ts";
import { lower } from "./lower.ts";
import { sources } from "./sources.ts";

/** What a function's bundle is made for: Cloud Run functions on Node. */
export const target: FunctionTarget = {
  platform: "gcp",
  entry: "@alienplatform/gcp/entry",
  secrets: "@alienplatform/gcp/secrets",
  // Google's builder looks there for the file to start with: https://cloud.google.com/functions/docs/writing
  files: { "package.json": `{"type":"module","main":"index.mjs"}\n` },
};

/** What deploy makes of a stack on Google Cloud. */
export const platform: DeployPlatform = {
  platform: "gcp",
  target,
  // Credentials load slowly, and a plan without reads needs none.
  connect: async (options) => (await import("./deploy-client.ts")).connect(options),
  sources,
  lower,
  accessPolicy,
  exporters,
};
