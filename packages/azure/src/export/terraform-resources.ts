import type { AzurePlace } from "../azure-place.ts";
import { isoDuration } from "../control/iso-duration.ts";
import { FIRST_VALUE } from "../control/key-vault-secret.ts";
import { tagsOf } from "../control/owner-tags.ts";
import { describe } from "../control/role-assignment.ts";
import { assignmentName } from "../names.ts";
import { type PartConfigs, PLACEHOLDER } from "../part-configs.ts";
import type { Settings } from "./settings.ts";
import { appResource } from "./terraform-app.ts";
import type { WrittenPart } from "./written-parts.ts";

const TYPES: Readonly<Record<keyof PartConfigs, string>> = {
  "resource-group": "azurerm_resource_group",
  "servicebus-namespace": "azurerm_servicebus_namespace",
  "servicebus-queue": "azurerm_servicebus_queue",
  "managed-identity": "azurerm_user_assigned_identity",
  "role-assignment": "azurerm_role_assignment",
  "storage-account": "azurerm_storage_account",
  "blob-container": "azurerm_storage_container",
  "storage-table": "azurerm_storage_table",
  "flex-plan": "azurerm_service_plan",
  "function-app": "azurerm_function_app_flex_consumption",
  "key-vault": "azurerm_key_vault",
  "key-vault-secret": "azurerm_key_vault_secret",
  "log-workspace": "azurerm_log_analytics_workspace",
  "app-insights": "azurerm_application_insights",
};

/** What a type of part is in the provider's words. */
export function terraformTypeOf(type: keyof PartConfigs): string {
  return TYPES[type];
}

/** Of the directory that the subscription trusts. */
export const TENANT = `\${data.azurerm_client_config.alien.tenant_id}`;
/** Of a secret that has to be unguessable; no state has it. */
export const RANDOM = `\${ephemeral.random_password.alien.result}`;

/** What Terraform says elsewhere of a part: the group that it is in, and the address of what it is part of. */
export interface Surroundings {
  readonly group: string;
  /** An expression for an attribute of the part with this name and type. */
  above(type: keyof PartConfigs, name: string, attribute: string): string;
}

/** A part in Terraform: one resource each. */
export function settingsOf(
  written: WrittenPart,
  place: AzurePlace,
  { group, above }: Surroundings,
): Settings {
  const { name } = written;
  const [parent = "", own = ""] = name.split("/");
  const tags = tagsOf(written.owner);
  const made = { name, resource_group_name: group };
  switch (written.type) {
    case "resource-group":
      return { name, location: written.config.location, tags };
    case "servicebus-namespace": {
      const { location, sku, disableLocalAuth } = written.config;
      return { ...made, location, sku, local_auth_enabled: !disableLocalAuth, tags };
    }
    case "servicebus-queue":
      return queueOf(written.config, own, above("servicebus-namespace", parent, "id"));
    case "managed-identity":
      return { ...made, location: written.config.location, tags };
    case "role-assignment": {
      const { scope, role, principalId, principalType } = written.config;
      return {
        name: assignmentName([place.subscription, place.region, name]),
        scope,
        role_definition_name: role,
        principal_id: principalId,
        principal_type: principalType,
        description: describe(written.owner),
      };
    }
    case "storage-account": {
      const { config } = written;
      const [tier = "", replication = ""] = config.sku.split("_");
      return {
        ...made,
        location: config.location,
        account_kind: "StorageV2",
        account_tier: tier,
        account_replication_type: replication,
        min_tls_version: config.minimumTlsVersion,
        allow_nested_items_to_be_public: config.allowBlobPublicAccess,
        shared_access_key_enabled: config.allowSharedKeyAccess,
        https_traffic_only_enabled: config.supportsHttpsTrafficOnly,
        tags,
      };
    }
    case "blob-container": {
      const access =
        { None: "private" }[written.config.publicAccess] ?? written.config.publicAccess;
      return {
        name: own,
        storage_account_id: above("storage-account", parent, "id"),
        container_access_type: access,
      };
    }
    case "storage-table":
      return { name: own, storage_account_name: above("storage-account", parent, "name") };
    case "flex-plan": {
      const { location, sku } = written.config;
      return { ...made, location, os_type: "Linux", sku_name: sku, tags };
    }
    case "function-app":
      return appResource(written, { ...made, tags });
    case "key-vault": {
      const { config } = written;
      return {
        ...made,
        location: config.location,
        tenant_id: TENANT,
        sku_name: config.sku,
        rbac_authorization_enabled: config.enableRbacAuthorization,
        soft_delete_retention_days: config.softDeleteRetentionInDays,
        tags,
      };
    }
    case "key-vault-secret":
      return {
        name: own,
        key_vault_id: above("key-vault", parent, "id"),
        value_wo: written.config.firstValue === "random" ? RANDOM : PLACEHOLDER,
        value_wo_version: 1,
        tags: { ...tags, [FIRST_VALUE]: written.config.firstValue },
        // `alien secret set` takes the tag away.
        lifecycle: { ignore_changes: ["tags"] },
      };
    case "log-workspace": {
      const { location, sku, retentionInDays } = written.config;
      return { ...made, location, sku, retention_in_days: retentionInDays, tags };
    }
    case "app-insights": {
      const { location, workspace, disableLocalAuth } = written.config;
      return {
        ...made,
        location,
        application_type: "web",
        workspace_id: workspace,
        local_authentication_disabled: disableLocalAuth,
        tags,
      };
    }
  }
}

function queueOf(
  config: PartConfigs["servicebus-queue"],
  name: string,
  namespace_id: string,
): Settings {
  return {
    name,
    namespace_id,
    lock_duration: isoDuration(config.lockDuration),
    max_delivery_count: config.maxDeliveryCount,
    requires_session: config.requiresSession,
    requires_duplicate_detection: config.requiresDuplicateDetection,
    default_message_ttl: isoDuration(config.defaultMessageTimeToLive),
    dead_lettering_on_message_expiration: config.deadLetteringOnMessageExpiration,
    max_size_in_megabytes: config.maxSizeInMegabytes,
    forward_dead_lettered_messages_to: config.forwardDeadLetteredMessagesTo,
  };
}
