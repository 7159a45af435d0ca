import type { SQSClientConfig } from "@aws-sdk/client-sqs";

/** An answer that takes longer is none; uploading a function's zip is the longest. */
const ANSWER_MS = 60_000;
const CONNECT_MS = 5_000;

/** Where the clients of AWS find what they are told: a command's flag, the environment, the profile. */
export interface ClientOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Goes before the environment. */
  readonly region?: string | undefined;
}

/** What every client of deploying is made with. Without a region the SDK asks the profile. */
export type ClientSettings = Pick<
  SQSClientConfig,
  "region" | "profile" | "maxAttempts" | "requestHandler"
>;

/**
 * The one place that configures the SDK for deploying. The SDK itself reads credentials, AWS_ENDPOINT_URL, AWS_CA_BUNDLE and
 * the files of the profile.
 */
export function clientSettings({ environment, region }: ClientOptions): ClientSettings {
  // The command line of AWS reads the second, the SDK does not.
  const named = region ?? environment.AWS_REGION ?? environment.AWS_DEFAULT_REGION;
  const { AWS_PROFILE: profile } = environment;
  return {
    ...(named === undefined || named === "" ? {} : { region: named }),
    ...(profile === undefined || profile === "" ? {} : { profile }),
    // The engine repeats whole steps.
    maxAttempts: 1,
    requestHandler: {
      connectionTimeout: CONNECT_MS,
      requestTimeout: ANSWER_MS,
      // Without it the SDK prints a warning and waits on.
      throwOnRequestTimeout: true,
      socketTimeout: ANSWER_MS,
    },
  };
}
