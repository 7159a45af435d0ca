import type { Json } from "@alienplatform/deploy";

/*
 * What each type of part is to be. `Text` is a text that may hang on another part: controllers get it resolved, as the
 * default says; the parts themselves hold references there (`Json`). Numbers are in the vendor's own units.
 */

/** By the type of part. */
export interface PartConfigs<Text = string> {
  readonly "pubsub-topic": PubSubTopicConfig;
  readonly "pubsub-subscription": PubSubSubscriptionConfig<Text>;
  readonly "service-account": ServiceAccountConfig;
  readonly "iam-grant": IamGrantConfig<Text>;
  readonly "storage-bucket": StorageBucketConfig;
  readonly "cloud-function": CloudFunctionConfig<Text>;
  readonly "run-invokers": RunInvokersConfig<Text>;
  readonly secret: SecretConfig;
  readonly "firestore-database": FirestoreDatabaseConfig;
  readonly "database-grant": DatabaseGrantConfig<Text>;
  readonly "tasks-queue": TasksQueueConfig;
}

/** What others may refer to, by the type of part; `known` are those that its name tells before it exists. */
export const ATTRIBUTES = {
  "pubsub-topic": { all: ["path"], known: ["path"] },
  "pubsub-subscription": { all: ["path"], known: [] },
  "service-account": { all: ["email"], known: ["email"] },
  "iam-grant": { all: [], known: [] },
  "storage-bucket": { all: ["name"], known: ["name"] },
  "cloud-function": { all: ["name", "url"], known: ["name", "url"] },
  "run-invokers": { all: ["url"], known: ["url"] },
  secret: { all: ["path"], known: [] },
  "firestore-database": { all: ["path"], known: ["path"] },
  "database-grant": { all: [], known: [] },
  "tasks-queue": { all: ["path"], known: [] },
} as const satisfies Record<
  keyof PartConfigs,
  { all: readonly string[]; known: readonly string[] }
>;

/** https://cloud.google.com/pubsub/docs/reference/rest/v1/projects.topics */
export type PubSubTopicConfig = {
  /** Where messages may be stored: the region of the stage. */
  readonly allowedPersistenceRegions: readonly string[];
};

/** https://cloud.google.com/pubsub/docs/reference/rest/v1/projects.subscriptions */
export type PubSubSubscriptionConfig<Text = string> = {
  /** The topic's path. Another value is another subscription. */
  readonly topic: Text;
  /** Another value is another subscription. */
  readonly enableMessageOrdering: boolean;
  /** Seconds, 10..600. */
  readonly ackDeadlineSeconds: number;
  /** Seconds. */
  readonly messageRetentionDuration: number;
  /** Or Google deletes it, with its messages, when nobody has asked for any for 31 days. */
  readonly expires: false;
  /** Seconds, 0..600. Undefined redelivers at once: who pulls lets leases lapse when a retry is due. */
  readonly retryPolicy?: { readonly minimumBackoff: number; readonly maximumBackoff: number };
  /** Undefined where it is a dead-letter queue: nothing moves on from there. */
  readonly deadLetterPolicy?: {
    readonly deadLetterTopic: Text;
    readonly maxDeliveryAttempts: number;
  };
  /** Undefined where it is pulled from. */
  readonly push?: {
    readonly endpoint: string;
    readonly audience: string;
    readonly serviceAccount: Text;
  };
  /** Whether it is made without its push; from then on a pause is the operators', and no difference. */
  readonly pausedAtFirst: boolean;
};

/** It bears no labels: its description says whose it is. */
export type ServiceAccountConfig = {
  readonly displayName: string;
};

/** The resources whose own policy may name a member. */
export type GrantApi = "cloudtasks" | "iam" | "pubsub" | "secretmanager";

/** All that one member may do on one resource; another member's roles are nobody's difference. */
export type IamGrantConfig<Text = string> = {
  readonly api: GrantApi;
  /** The path of a topic, a subscription, a secret, a queue of Cloud Tasks or a service account. Another value is another grant. */
  readonly resource: Text;
  /** "serviceAccount:<email>". Another value is another grant. */
  readonly member: Text;
  /** Sorted. */
  readonly roles: readonly string[];
};

/** The code of a stage's functions, and nothing else. */
export type StorageBucketConfig = {
  /** Another value is another bucket. */
  readonly location: string;
  readonly uniformBucketLevelAccess: true;
  readonly publicAccessPrevention: "enforced";
  /** Seconds for which what was deleted is kept, and paid. */
  readonly softDelete: 0;
};

/** https://cloud.google.com/functions/docs/reference/rest/v2/projects.locations.functions */
export type CloudFunctionConfig<Text = string> = {
  readonly description: string;
  readonly runtime: string;
  /** The export of the bundle that is called. */
  readonly entryPoint: string;
  /** Where its code is uploaded to. */
  readonly bucket: Text;
  /** The zip file that is uploaded, by its SHA-256 in hex. */
  readonly code: { readonly sha256: string };
  /** The e-mail address that it runs as. */
  readonly serviceAccount: Text;
  /** "512Mi" */
  readonly availableMemory: string;
  /** "1" */
  readonly availableCpu: string;
  readonly timeoutSeconds: number;
  readonly maxInstanceCount: number;
  /** Requests that an instance has at once. */
  readonly maxInstanceRequestConcurrency: number;
  readonly ingressSettings: "ALLOW_ALL";
  readonly environment: { readonly [name: string]: Text };
};

/** Who may call a function: all members of roles/run.invoker on its service. */
export type RunInvokersConfig<Text = string> = {
  /** The function's name. */
  readonly service: Text;
  /** Sorted. */
  readonly members: readonly Text[];
};

/**
 * A secret without its value, which no plan and no state has. Only one that has to be unguessable, and nothing else, gets
 * a value when it is made.
 */
export type SecretConfig = {
  /** Where its value is kept. Another value is another secret. */
  readonly location: string;
  readonly firstValue: "none" | "random";
};

/** https://cloud.google.com/firestore/docs/reference/rest/v1/projects.databases */
export type FirestoreDatabaseConfig = {
  /** Another value is another database. */
  readonly locationId: string;
  /** Another value is another database. */
  readonly type: "FIRESTORE_NATIVE";
  /** At first: what is in it is guarded by deploy itself, and who wants more may have it. */
  readonly deleteProtectionState: "DELETE_PROTECTION_DISABLED";
  /** The field of an item by which Firestore removes it. */
  readonly timeToLive: string;
  /**
   * Whether fields of items are indexed. Times that only grow are in them, and an index of those takes 500 writes a second:
   * https://cloud.google.com/firestore/docs/best-practices#high_read_write_and_delete_rates_to_a_narrow_document_range
   */
  readonly indexed: boolean;
};

/**
 * All that one member may do in one database. It is a part of the project's policy under a condition, for databases have no
 * policies of their own.
 */
export type DatabaseGrantConfig<Text = string> = {
  /** The database's path. Another value is another grant. */
  readonly database: Text;
  /** "serviceAccount:<email>". Another value is another grant. */
  readonly member: Text;
  /** Sorted. */
  readonly roles: readonly string[];
};

/** For lowering: texts that may be references. */
export type LoweredConfigs = PartConfigs<Json>;

/** https://cloud.google.com/tasks/docs/reference/rest/v2/projects.locations.queues */
export type TasksQueueConfig = {
  /** Another value is another queue. */
  readonly location: string;
  /** Of a queue of Cloud Tasks 500 at most. */
  readonly maxDispatchesPerSecond: number;
  readonly maxConcurrentDispatches: number;
  /** -1 tries for as long as a task is kept, 31 days. */
  readonly maxAttempts: -1;
  /** Seconds. */
  readonly minBackoff: number;
  readonly maxBackoff: number;
  /** How often the wait between two tries is doubled. */
  readonly maxDoublings: number;
};
