import { isUnknown, type Settings } from "@alienplatform/deploy";
import type { PubSubSubscriptionConfig } from "../part-configs.ts";
import type { Labels } from "./owner-labels.ts";

/** https://cloud.google.com/pubsub/docs/reference/rest/v1/projects.subscriptions#Subscription */
export interface Subscription {
  readonly name: string;
  readonly topic?: string;
  readonly labels?: Labels;
  readonly pushConfig?: {
    readonly pushEndpoint?: string;
    readonly oidcToken?: { readonly serviceAccountEmail?: string; readonly audience?: string };
  };
  readonly ackDeadlineSeconds?: number;
  /** "604800s" */
  readonly messageRetentionDuration?: string;
  readonly enableMessageOrdering?: boolean;
  readonly expirationPolicy?: { readonly ttl?: string };
  readonly deadLetterPolicy?: {
    readonly deadLetterTopic?: string;
    readonly maxDeliveryAttempts?: number;
  };
  readonly retryPolicy?: { readonly minimumBackoff?: string; readonly maximumBackoff?: string };
}

/** What can be changed later, by the setting; a field that a mask names and the body does not is taken away. */
export const FIELDS: Readonly<Record<string, string>> = {
  ackDeadlineSeconds: "ackDeadlineSeconds",
  messageRetentionDuration: "messageRetentionDuration",
  expires: "expirationPolicy",
  retryPolicy: "retryPolicy",
  deadLetterPolicy: "deadLetterPolicy",
  push: "pushConfig",
};

/** The settings of a subscription, from what Pub/Sub tells of it. */
export function settingsOf(found: Subscription): Settings {
  const { topic, pushConfig, expirationPolicy, deadLetterPolicy, retryPolicy } = found;
  return {
    topic,
    enableMessageOrdering: found.enableMessageOrdering ?? false,
    ackDeadlineSeconds: found.ackDeadlineSeconds ?? DEFAULT_DEADLINE,
    messageRetentionDuration: secondsOf(found.messageRetentionDuration) ?? DEFAULT_RETENTION,
    // A policy without a time is one that never ends; no policy is one of 31 days.
    expires: expirationPolicy === undefined || expirationPolicy.ttl !== undefined,
    ...(retryPolicy === undefined
      ? {}
      : {
          retryPolicy: {
            minimumBackoff: secondsOf(retryPolicy.minimumBackoff) ?? 10,
            maximumBackoff: secondsOf(retryPolicy.maximumBackoff) ?? 600,
          },
        }),
    ...(deadLetterPolicy?.deadLetterTopic === undefined
      ? {}
      : {
          deadLetterPolicy: {
            deadLetterTopic: deadLetterPolicy.deadLetterTopic,
            maxDeliveryAttempts: deadLetterPolicy.maxDeliveryAttempts ?? 5,
          },
        }),
    ...(pushConfig?.pushEndpoint === undefined || pushConfig.pushEndpoint === ""
      ? {}
      : {
          push: {
            endpoint: pushConfig.pushEndpoint,
            audience: pushConfig.oidcToken?.audience ?? "",
            serviceAccount: pushConfig.oidcToken?.serviceAccountEmail ?? "",
          },
        }),
  };
}

/** The settings that are wanted, as `settingsOf` would find them. */
export function wantedSettings({ pausedAtFirst, ...wanted }: PubSubSubscriptionConfig): Settings {
  return wanted;
}

/** What a request carries of the settings that can be changed. */
export function requestOf(config: PubSubSubscriptionConfig): Omit<Subscription, "name"> {
  const { ackDeadlineSeconds, messageRetentionDuration, retryPolicy, deadLetterPolicy } = config;
  return {
    ackDeadlineSeconds,
    messageRetentionDuration: `${messageRetentionDuration}s`,
    expirationPolicy: {},
    ...(retryPolicy === undefined
      ? {}
      : {
          retryPolicy: {
            minimumBackoff: `${retryPolicy.minimumBackoff}s`,
            maximumBackoff: `${retryPolicy.maximumBackoff}s`,
          },
        }),
    ...(deadLetterPolicy === undefined ? {} : { deadLetterPolicy }),
    ...(config.push === undefined ? {} : { pushConfig: pushConfigOf(config.push) }),
  };
}

/** Wrapped, which is the default, with a token for each push. */
function pushConfigOf(push: NonNullable<PubSubSubscriptionConfig["push"]>) {
  if (isUnknown(push)) return {};
  const { endpoint, audience, serviceAccount } = push;
  return {
    pushEndpoint: endpoint,
    oidcToken: { serviceAccountEmail: serviceAccount, audience },
  };
}

/** Seconds of "3.5s". */
function secondsOf(duration: string | undefined): number | undefined {
  return duration === undefined ? undefined : Number.parseFloat(duration);
}

/** https://cloud.google.com/pubsub/docs/subscription-properties */
const DEFAULT_DEADLINE = 10;
const DEFAULT_RETENTION = 7 * 86_400;
