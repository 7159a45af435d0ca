import type { Json } from "@alienplatform/deploy";
import type { RoleName } from "./function/rights.ts";

/*
 * What each type of part is to be. `Text` is a text that may hang on another part: controllers get it resolved, as the
 * default says; the parts themselves hold references there (`Json`). Durations are in seconds.
 */

/** By the type of part. */
export interface PartConfigs<Text = string> {
  readonly "resource-group": ResourceGroupConfig;
  readonly "servicebus-namespace": ServiceBusNamespaceConfig;
  readonly "servicebus-queue": ServiceBusQueueConfig<Text>;
  readonly "managed-identity": ManagedIdentityConfig;
  readonly "role-assignment": RoleAssignmentConfig<Text>;
  readonly "storage-account": StorageAccountConfig;
  readonly "blob-container": BlobContainerConfig;
  readonly "storage-table": StorageTableConfig;
  readonly "flex-plan": FlexPlanConfig;
  readonly "function-app": FunctionAppConfig<Text>;
  readonly "key-vault": KeyVaultConfig;
  readonly "key-vault-secret": KeyVaultSecretConfig<Text>;
  readonly "log-workspace": LogWorkspaceConfig;
  readonly "app-insights": AppInsightsConfig<Text>;
}

/** What others may refer to, by the type of part; `known` are those that its name tells before it exists. */
export const ATTRIBUTES = {
  "resource-group": { all: ["id"], known: ["id"] },
  "servicebus-namespace": { all: ["id", "host"], known: ["id"] },
  "servicebus-queue": { all: ["id", "name"], known: ["id", "name"] },
  "managed-identity": { all: ["id", "principalId", "clientId"], known: ["id"] },
  "role-assignment": { all: ["id"], known: ["id"] },
  "storage-account": { all: ["id", "name", "blobs", "tables"], known: ["id", "name"] },
  "blob-container": { all: ["id"], known: ["id"] },
  "storage-table": { all: ["id", "name"], known: ["id", "name"] },
  "flex-plan": { all: ["id"], known: ["id"] },
  "function-app": { all: ["id", "url"], known: ["id"] },
  "key-vault": { all: ["id", "uri"], known: ["id"] },
  "key-vault-secret": { all: ["id"], known: ["id"] },
  "log-workspace": { all: ["id"], known: ["id"] },
  "app-insights": { all: ["id", "connection"], known: ["id"] },
} as const satisfies Record<
  keyof PartConfigs,
  { all: readonly string[]; known: readonly string[] }
>;

/** Everything of a stage is in it, and nothing else is meant to be. */
export type ResourceGroupConfig = {
  /** "westeurope". Another value is another group. */
  readonly location: string;
};

/** https://learn.microsoft.com/azure/templates/microsoft.servicebus/namespaces */
export type ServiceBusNamespaceConfig = {
  readonly location: string;
  readonly sku: "Standard";
  /** No connection string opens it: roles do. */
  readonly disableLocalAuth: true;
};

/** The part's name is "<namespace>/<queue>". https://learn.microsoft.com/azure/templates/microsoft.servicebus/namespaces/queues */
export type ServiceBusQueueConfig<Text = string> = {
  /** 5 to 300. */
  readonly lockDuration: number;
  readonly maxDeliveryCount: number;
  /** One group at a time, in order. Another value is another queue. */
  readonly requiresSession: boolean;
  /** Another value is another queue. */
  readonly requiresDuplicateDetection: false;
  readonly defaultMessageTimeToLive: number;
  readonly deadLetteringOnMessageExpiration: boolean;
  /** MB. */
  readonly maxSizeInMegabytes: number;
  /** The name of a queue in the same namespace; undefined where it is for dead letters itself. */
  readonly forwardDeadLetteredMessagesTo?: Text;
};

/** Who a function is, to all that it uses. */
export type ManagedIdentityConfig = { readonly location: string };

/**
 * One role, on one thing, for one identity. The part's name is "<identity>/<what it may>/<the part that it is on>"; Azure
 * names it by a GUID, and changes nothing of it.
 */
export type RoleAssignmentConfig<Text = string> = {
  /** The id of what it is on. */
  readonly scope: Text;
  /** As Azure calls it. */
  readonly role: RoleName;
  readonly principalId: Text;
  /** With it Azure takes an identity that it has just made and does not see everywhere yet. */
  readonly principalType: "ServicePrincipal";
};

/** Of one function app alone, since whoever may write to it decides what code runs there; or of a stage's table. */
export type StorageAccountConfig = {
  readonly location: string;
  readonly sku: "Standard_LRS";
  readonly minimumTlsVersion: "TLS1_2";
  readonly allowBlobPublicAccess: false;
  /** No key opens it: roles do. */
  readonly allowSharedKeyAccess: false;
  readonly supportsHttpsTrafficOnly: true;
};

/** What the app's packages are in. The part's name is "<account>/<container>". */
export type BlobContainerConfig = { readonly publicAccess: "None" };

/** What a stage keeps beside its queues. The part's name is "<account>/<table>"; Azure lets nothing be chosen of it. */
export type StorageTableConfig = Readonly<Record<never, never>>;

/** Of one app alone, as Flex Consumption wants it: https://learn.microsoft.com/azure/azure-functions/flex-consumption-plan */
export type FlexPlanConfig = {
  readonly location: string;
  readonly sku: "FC1";
};

/** A function app on Flex Consumption. https://learn.microsoft.com/azure/templates/microsoft.web/sites */
export type FunctionAppConfig<Text = string> = {
  readonly location: string;
  /** The id of its plan. Another value is another app. */
  readonly plan: Text;
  /** The id of who it is. */
  readonly identity: Text;
  readonly runtime: "node";
  readonly runtimeVersion: string;
  /** The URL of the container that its packages are in. */
  readonly packages: Text;
  /** MiB: 512, 2048 or 4096. */
  readonly instanceMemory: number;
  readonly maximumInstances: number;
  readonly httpsOnly: true;
  readonly settings: { readonly [name: string]: Text };
  /** Whether its address is worth telling; to Azure it is no difference. */
  readonly http: boolean;
  /** The zip file that is published, by its SHA-256 in hex. */
  readonly code: { readonly sha256: string };
  /** Triggers that are disabled when it is made; from then on a pause is the operators', and no difference. */
  readonly pausedAtFirst: readonly string[];
};

/** https://learn.microsoft.com/azure/templates/microsoft.keyvault/vaults */
export type KeyVaultConfig = {
  readonly location: string;
  readonly sku: "standard";
  /** No access policy opens it: roles do. */
  readonly enableRbacAuthorization: true;
  /** Days that a deleted vault can be brought back, unless it is purged. Another value is another vault. */
  readonly softDeleteRetentionInDays: number;
};

/**
 * A secret without its value, which no plan and no state has. `create` gives it a first one, `alien secret set` another, and
 * no difference is ever found in its value. The part's name is "<vault>/<secret>".
 */
export type KeyVaultSecretConfig<Text = string> = {
  /** Where the vault answers, ending with "/". */
  readonly vault: Text;
  /** What it is made with: PLACEHOLDER, or 32 random bytes in base64url for one that only has to be unguessable. */
  readonly firstValue: "placeholder" | "random";
};

/** What a secret holds that nobody has set. */
export const PLACEHOLDER = "alien:not-set";

/** What the logs of a stage's functions are in. */
export type LogWorkspaceConfig = {
  readonly location: string;
  readonly sku: "PerGB2018";
  /** Days; the first 31 are included in the price. */
  readonly retentionInDays: number;
};

/** What functions write their logs to. */
export type AppInsightsConfig<Text = string> = {
  readonly location: string;
  /** The id of what the logs are in. */
  readonly workspace: Text;
  /** Its connection string opens nothing then: roles do. */
  readonly disableLocalAuth: true;
};

/** For lowering: texts that may be references. */
export type LoweredConfigs = PartConfigs<Json>;
