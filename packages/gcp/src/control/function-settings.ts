import { type Change, changed, type Json, type Settings } from "@alienplatform/deploy";
import type { CloudFunctionConfig } from "../part-configs.ts";
import { objectOf, sha256Of } from "./code-objects.ts";
import type { Labels } from "./owner-labels.ts";

/** https://cloud.google.com/functions/docs/reference/rest/v2/projects.locations.functions#Function */
export interface CloudFunction {
  readonly name: string;
  readonly description?: string;
  readonly state?: string;
  readonly stateMessages?: readonly { readonly severity?: string; readonly message?: string }[];
  readonly labels?: Labels;
  readonly buildConfig?: {
    readonly runtime?: string;
    readonly entryPoint?: string;
    readonly source?: {
      readonly storageSource?: { readonly bucket?: string; readonly object?: string };
    };
  };
  readonly serviceConfig?: {
    readonly serviceAccountEmail?: string;
    readonly availableMemory?: string;
    readonly availableCpu?: string;
    readonly timeoutSeconds?: number;
    readonly maxInstanceCount?: number;
    readonly maxInstanceRequestConcurrency?: number;
    readonly ingressSettings?: string;
    readonly environmentVariables?: Readonly<Record<string, string>>;
  };
}

/** What a mask names for each setting. */
const FIELDS: Readonly<Record<string, string>> = {
  description: "description",
  runtime: "buildConfig.runtime",
  entryPoint: "buildConfig.entryPoint",
  bucket: "buildConfig.source",
  "code.sha256": "buildConfig.source",
  serviceAccount: "serviceConfig.serviceAccountEmail",
  availableMemory: "serviceConfig.availableMemory",
  availableCpu: "serviceConfig.availableCpu",
  timeoutSeconds: "serviceConfig.timeoutSeconds",
  maxInstanceCount: "serviceConfig.maxInstanceCount",
  maxInstanceRequestConcurrency: "serviceConfig.maxInstanceRequestConcurrency",
  ingressSettings: "serviceConfig.ingressSettings",
};

/** The settings of a function but for its environment, by their names in the config. */
export function settingsOf(
  name: string,
  { description, buildConfig, serviceConfig }: CloudFunction,
): Settings {
  const { runtime, entryPoint, source } = buildConfig ?? {};
  const storage = source?.storageSource;
  const { serviceAccountEmail, environmentVariables, ...service } = serviceConfig ?? {};
  return {
    description: description ?? "",
    runtime,
    entryPoint,
    bucket: storage?.bucket,
    // One of another name is somebody's own.
    "code.sha256": sha256Of(name, storage?.object ?? "") ?? storage?.object,
    serviceAccount: serviceAccountEmail,
    availableMemory: service.availableMemory,
    availableCpu: service.availableCpu,
    timeoutSeconds: service.timeoutSeconds,
    maxInstanceCount: service.maxInstanceCount,
    maxInstanceRequestConcurrency: service.maxInstanceRequestConcurrency,
    ingressSettings: service.ingressSettings,
  };
}

/** What both the call that makes a function and the one that changes it take. */
export function requestOf(
  name: string,
  config: CloudFunctionConfig,
): Omit<CloudFunction, "name"> & {
  readonly environment: "GEN_2";
} {
  const { description, runtime, entryPoint, bucket, code, serviceAccount, environment } = config;
  const source = { bucket, object: objectOf(name, code.sha256) };
  return {
    environment: "GEN_2",
    description,
    buildConfig: { runtime, entryPoint, source: { storageSource: source } },
    serviceConfig: {
      serviceAccountEmail: serviceAccount,
      availableMemory: config.availableMemory,
      availableCpu: config.availableCpu,
      timeoutSeconds: config.timeoutSeconds,
      maxInstanceCount: config.maxInstanceCount,
      maxInstanceRequestConcurrency: config.maxInstanceRequestConcurrency,
      ingressSettings: config.ingressSettings,
      environmentVariables: environment,
    },
  };
}

/** The mask of an update. A function that Google failed to build is built again, for which all of it is given again. */
export function maskOf(changes: readonly Change[]): readonly string[] {
  const fields = changes.flatMap(({ path }) => {
    if (path.startsWith("environment.")) return ["serviceConfig.environmentVariables"];
    return path === "state" ? ["buildConfig.source"] : (FIELDS[path] ?? []);
  });
  return [...new Set(fields)];
}

/** Where Google is with a function. */
export type FunctionState = "ready" | "pending" | `failed: ${string}`;

/** https://cloud.google.com/functions/docs/reference/rest/v2/projects.locations.functions#State */
export function stateOf({ state = "", stateMessages = [] }: CloudFunction): FunctionState {
  if (state === "ACTIVE") return "ready";
  if (state === "DEPLOYING" || state === "") return "pending";
  const said = stateMessages.map(({ message = "" }) => message).filter((text) => text !== "");
  return `failed: ${said.length === 0 ? state : said.join("; ")}`;
}

/** What Google is still at is no difference: it ends by itself, and `update` waits for it. */
export function stateChanges(state: FunctionState): readonly Change[] {
  return state === "ready" || state === "pending" ? [] : changed("state", state, "ready" as Json);
}
