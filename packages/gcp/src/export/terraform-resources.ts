import type { Json } from "@alienplatform/deploy";
import { objectOf } from "../control/code-objects.ts";
import { pauseLabels } from "../control/pause-labels.ts";
import { descriptionOf } from "../control/service-account.ts";
import type { GcpPlace } from "../gcp-place.ts";
import type { PartConfigs } from "../part-configs.ts";
import { ITEMS } from "../table/collections.ts";
import { databaseCondition } from "../table/rights.ts";
import type { WrittenPart } from "./written-parts.ts";

export interface TerraformResource {
  readonly type: string;
  /** What its name ends with, after the part's; nothing for the one that the part itself is. */
  readonly suffix?: string;
  readonly settings: Readonly<Record<string, Json>>;
}

const TYPES: Readonly<Record<keyof PartConfigs, string>> = {
  "pubsub-topic": "google_pubsub_topic",
  "pubsub-subscription": "google_pubsub_subscription",
  "service-account": "google_service_account",
  "iam-grant": "google_pubsub_topic_iam_member",
  "storage-bucket": "google_storage_bucket",
  "cloud-function": "google_cloudfunctions2_function",
  "run-invokers": "google_cloud_run_v2_service_iam_binding",
  secret: "google_secret_manager_secret",
  "firestore-database": "google_firestore_database",
  "database-grant": "google_project_iam_member",
  "tasks-queue": "google_cloud_tasks_queue",
};

/** What a type of part is in the provider's words; of grants see `resourcesOf`. */
export function terraformTypeOf(type: keyof PartConfigs): string {
  return TYPES[type];
}

/** What a part is in Terraform: one resource, and where the provider has them apart, others that go with it. */
export function resourcesOf(
  written: WrittenPart,
  address: string,
  place: GcpPlace,
): readonly TerraformResource[] {
  const { name, labels } = written;
  const made = (settings: Readonly<Record<string, Json | undefined>>): TerraformResource => ({
    type: terraformTypeOf(written.type),
    settings: defined(settings),
  });
  switch (written.type) {
    case "pubsub-topic": {
      const { allowedPersistenceRegions } = written.config;
      return [
        made({
          name,
          message_storage_policy: { allowed_persistence_regions: allowedPersistenceRegions },
          labels,
        }),
      ];
    }
    case "pubsub-subscription":
      return [made(subscriptionOf(written))];
    case "service-account":
      return [
        made({
          account_id: name,
          display_name: written.config.displayName,
          description: descriptionOf({ ...place, part: written.part.id }),
        }),
      ];
    case "iam-grant":
      return grantsOf(written.config);
    case "storage-bucket": {
      const { config } = written;
      return [
        made({
          name,
          location: config.location,
          uniform_bucket_level_access: config.uniformBucketLevelAccess,
          public_access_prevention: config.publicAccessPrevention,
          soft_delete_policy: { retention_duration_seconds: config.softDelete },
          force_destroy: true,
          labels,
        }),
      ];
    }
    case "cloud-function":
      return functionOf(written, made);
    case "run-invokers": {
      const { service, members } = written.config;
      const { region: location } = place;
      return [made({ name: service, location, role: "roles/run.invoker", members })];
    }
    case "firestore-database":
      return databaseOf(name, address, written.config);
    case "database-grant":
      return databaseGrantsOf(written.config, place);
    case "tasks-queue": {
      const { config } = written;
      return [
        made({
          // One that Terraform has deleted cannot be made again under this name for 7 days: names.ts.
          name,
          location: config.location,
          rate_limits: {
            max_dispatches_per_second: config.maxDispatchesPerSecond,
            max_concurrent_dispatches: config.maxConcurrentDispatches,
          },
          retry_config: {
            max_attempts: config.maxAttempts,
            min_backoff: `${config.minBackoff}s`,
            max_backoff: `${config.maxBackoff}s`,
            max_doublings: config.maxDoublings,
          },
          // Terraform does not look what waits in it: https://developer.hashicorp.com/terraform/language/meta-arguments/lifecycle
          lifecycle: { prevent_destroy: true },
        }),
      ];
    }
    case "secret": {
      const { location, firstValue } = written.config;
      return [
        made({
          secret_id: name,
          replication: { user_managed: { replicas: [{ location }] } },
          labels,
        }),
        ...(firstValue === "none"
          ? []
          : [
              {
                type: "google_secret_manager_secret_version",
                settings: {
                  secret: `\${${address}.id}`,
                  secret_data_wo: `\${ephemeral.random_password.alien.result}`,
                  secret_data_wo_version: 1,
                },
              },
            ]),
      ];
    }
  }
}

/** The provider has the settings of fields apart. */
function databaseOf(
  name: string,
  address: string,
  config: PartConfigs["firestore-database"],
): readonly TerraformResource[] {
  const { locationId, type, deleteProtectionState, timeToLive, indexed } = config;
  const field = (suffix: string, settings: TerraformResource["settings"]): TerraformResource => ({
    type: "google_firestore_field",
    suffix,
    settings: { database: `\${${address}.name}`, collection: ITEMS, ...settings },
  });
  return [
    {
      type: TYPES["firestore-database"],
      settings: {
        name,
        location_id: locationId,
        type,
        delete_protection_state: deleteProtectionState,
        // Else the provider forgets it, and leaves it where it is.
        deletion_policy: "DELETE",
      },
    },
    field("_time_to_live", { field: timeToLive, ttl_config: {} }),
    ...(indexed ? [] : [field("_indexes", { field: "*", index_config: {} })]),
  ];
}

function databaseGrantsOf(
  { database, member, roles }: PartConfigs["database-grant"],
  { project }: GcpPlace,
): readonly TerraformResource[] {
  return roles.map((role) => ({
    type: TYPES["database-grant"],
    suffix: roles.length === 1 ? "" : `_${role.split(".").at(-1)}`,
    settings: { project, role, member, condition: { ...databaseCondition(database) } },
  }));
}

/** A pause is the operators': Terraform would undo one, and is told not to look. */
function subscriptionOf({
  name,
  labels,
  config,
}: Extract<WrittenPart, { readonly type: "pubsub-subscription" }>): Record<
  string,
  Json | undefined
> {
  const { push, retryPolicy, deadLetterPolicy, pausedAtFirst } = config;
  const paused = pausedAtFirst ? pauseLabels({ reason: "alien.ts declares it so", since: 0 }) : {};
  return {
    name,
    topic: config.topic,
    enable_message_ordering: config.enableMessageOrdering,
    ack_deadline_seconds: config.ackDeadlineSeconds,
    message_retention_duration: `${config.messageRetentionDuration}s`,
    // Without a time it never ends.
    expiration_policy: { ttl: config.expires ? "2678400s" : "" },
    retry_policy: retryPolicy && {
      minimum_backoff: `${retryPolicy.minimumBackoff}s`,
      maximum_backoff: `${retryPolicy.maximumBackoff}s`,
    },
    dead_letter_policy: deadLetterPolicy && {
      dead_letter_topic: deadLetterPolicy.deadLetterTopic,
      max_delivery_attempts: deadLetterPolicy.maxDeliveryAttempts,
    },
    push_config:
      push === undefined || pausedAtFirst
        ? undefined
        : {
            push_endpoint: push.endpoint,
            oidc_token: { service_account_email: push.serviceAccount, audience: push.audience },
          },
    labels: { ...labels, ...paused },
    ...(push === undefined ? {} : { lifecycle: { ignore_changes: ["push_config", "labels"] } }),
  };
}

function grantsOf({
  api,
  resource,
  member,
  roles,
}: PartConfigs["iam-grant"]): readonly TerraformResource[] {
  if (api === "cloudtasks") {
    const name = resource.replace(/\.id\}$/, ".name}");
    const location = `\${${PROVIDER_REGION}}`;
    return roles.map((role) => ({
      type: "google_cloud_tasks_queue_iam_member",
      suffix: suffixOf(role, roles),
      settings: { name, location, role, member },
    }));
  }
  const [type, field] =
    api === "secretmanager"
      ? ["google_secret_manager_secret_iam_member", "secret_id"]
      : api === "iam"
        ? ["google_service_account_iam_member", "service_account_id"]
        : resource.includes("google_pubsub_subscription.")
          ? ["google_pubsub_subscription_iam_member", "subscription"]
          : ["google_pubsub_topic_iam_member", "topic"];
  return roles.map((role) => ({
    type,
    suffix: suffixOf(role, roles),
    settings: { [field]: resource, role, member },
  }));
}

function suffixOf(role: string, roles: readonly string[]): string {
  return roles.length === 1 ? "" : `_${role.split(".").at(-1)}`;
}

function functionOf(
  { name, labels, config }: Extract<WrittenPart, { readonly type: "cloud-function" }>,
  made: (settings: Readonly<Record<string, Json | undefined>>) => TerraformResource,
): readonly TerraformResource[] {
  const { bucket, code } = config;
  const object = objectOf(name, code.sha256);
  return [
    {
      type: "google_storage_bucket_object",
      suffix: "_code",
      settings: { bucket, name: object, source: `\${path.module}/code/${code.sha256}.zip` },
    },
    made({
      name,
      location: `\${${PROVIDER_REGION}}`,
      description: config.description,
      build_config: {
        runtime: config.runtime,
        entry_point: config.entryPoint,
        source: { storage_source: { bucket, object } },
      },
      service_config: {
        service_account_email: config.serviceAccount,
        available_memory: config.availableMemory,
        available_cpu: config.availableCpu,
        timeout_seconds: config.timeoutSeconds,
        max_instance_count: config.maxInstanceCount,
        max_instance_request_concurrency: config.maxInstanceRequestConcurrency,
        ingress_settings: config.ingressSettings,
        environment_variables: config.environment,
      },
      labels,
    }),
  ];
}

/** Where functions are. */
export const PROVIDER_REGION = "local.region";

function defined(
  settings: Readonly<Record<string, Json | undefined>>,
): Readonly<Record<string, Json>> {
  return Object.fromEntries(
    Object.entries(settings).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
}
