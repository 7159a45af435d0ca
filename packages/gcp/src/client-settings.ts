import type { GoogleApi, GoogleClientOptions } from "./google-client.ts";

/** Where Google's own command line finds what it is told: a flag, the environment. */
export interface ClientOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Goes before the environment. */
  readonly region?: string | undefined;
}

const APIS: readonly GoogleApi[] = [
  "cloudfunctions",
  "cloudresourcemanager",
  "cloudtasks",
  "firestore",
  "iam",
  "logging",
  "monitoring",
  "pubsub",
  "run",
  "secretmanager",
  "storage",
];

const SCOPE = "https://www.googleapis.com/auth/cloud-platform";

/**
 * The one place that configures the calls of deploying: hosts as gcloud's own variables name them,
 * CLOUDSDK_API_ENDPOINT_OVERRIDES_PUBSUB and so on, and Application Default Credentials.
 * https://cloud.google.com/sdk/docs/properties
 */
export function clientSettings({ environment }: ClientOptions): GoogleClientOptions {
  const endpoints = Object.fromEntries(
    APIS.flatMap((api) => {
      const named = environment[`CLOUDSDK_API_ENDPOINT_OVERRIDES_${api.toUpperCase()}`];
      return named === undefined || named === "" ? [] : [[api, named]];
    }),
  );
  return {
    endpoints,
    auth: async () => {
      const { GoogleAuth } = await import("google-auth-library");
      return new GoogleAuth({ scopes: SCOPE });
    },
  };
}

/** The project that the environment names; undefined where it is that of the credentials. */
export function projectOf({ environment }: ClientOptions): string | undefined {
  return (
    environment.GOOGLE_CLOUD_PROJECT ||
    environment.CLOUDSDK_CORE_PROJECT ||
    environment.GCLOUD_PROJECT ||
    undefined
  );
}

/** The region that the flag or the environment names. */
export function regionOf({ environment, region }: ClientOptions): string | undefined {
  return (
    region ||
    environment.GOOGLE_CLOUD_REGION ||
    environment.CLOUDSDK_FUNCTIONS_REGION ||
    environment.CLOUDSDK_RUN_REGION ||
    environment.CLOUDSDK_COMPUTE_REGION ||
    undefined
  );
}
