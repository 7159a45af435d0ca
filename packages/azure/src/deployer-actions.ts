import type { PartConfigs } from "./part-configs.ts";

/** What somebody who deploys may do with each type of part: the calls of its controller, and what these ask for beside. */
export const DEPLOYER_ACTIONS: Readonly<Record<keyof PartConfigs, readonly string[]>> = {
  "resource-group": [
    ...kept("Microsoft.Resources/subscriptions/resourceGroups"),
    // What else is in it, and what carries the marks of a stage.
    "Microsoft.Resources/subscriptions/resourceGroups/resources/read",
  ],
  "servicebus-namespace": kept("Microsoft.ServiceBus/namespaces"),
  "servicebus-queue": kept("Microsoft.ServiceBus/namespaces/queues"),
  "managed-identity": [
    ...kept("Microsoft.ManagedIdentity/userAssignedIdentities"),
    // To give it to its app.
    "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action",
  ],
  "role-assignment": kept("Microsoft.Authorization/roleAssignments"),
  "storage-account": kept("Microsoft.Storage/storageAccounts"),
  "blob-container": kept("Microsoft.Storage/storageAccounts/blobServices/containers"),
  "storage-table": kept("Microsoft.Storage/storageAccounts/tableServices/tables"),
  "flex-plan": [
    ...kept("Microsoft.Web/serverfarms"),
    // To put its app there.
    "Microsoft.Web/serverfarms/join/action",
  ],
  "function-app": [
    ...kept("Microsoft.Web/sites"),
    "Microsoft.Web/sites/config/list/action",
    "Microsoft.Web/sites/config/write",
    "Microsoft.Web/sites/publish/action",
    "Microsoft.Resources/tags/write",
  ],
  "key-vault": [
    ...kept("Microsoft.KeyVault/vaults"),
    "Microsoft.KeyVault/locations/deletedVaults/purge/action",
    "Microsoft.KeyVault/locations/deletedVaults/read",
  ],
  // Of the vault itself to delete one; to write and look at it, of Resource Manager.
  "key-vault-secret": kept("Microsoft.KeyVault/vaults/secrets"),
  "log-workspace": [
    ...kept("Microsoft.OperationalInsights/workspaces"),
    // `alien logs`
    "Microsoft.OperationalInsights/workspaces/query/read",
  ],
  "app-insights": kept("Microsoft.Insights/components"),
};

/** Of the subscription, to see which directory it trusts. */
export const DEPLOYER_ACTIONS_ON_ALL: readonly string[] = [
  "Microsoft.Resources/subscriptions/read",
];

/** Built-in roles that have all of these together, on the resource group or the subscription. */
export const DEPLOYER_ROLES: readonly string[] = [
  "Contributor",
  "Role Based Access Control Administrator",
  "Key Vault Secrets Officer",
];

function kept(type: string): readonly string[] {
  return [`${type}/delete`, `${type}/read`, `${type}/write`];
}
