import type { AzurePlace } from "./azure-place.ts";
import { groupName } from "./names.ts";

/** What Azure Resource Manager calls what is under a part's name, whose pieces are separated by "/". */
export type IdOf = (place: AzurePlace, name: string) => string;

/** Of the group that everything of the stage is in. */
export function groupId(place: AzurePlace): string {
  return `/subscriptions/${place.subscription}/resourceGroups/${groupName(place)}`;
}

export const namespaceId = inGroup("Microsoft.ServiceBus/namespaces");
export const identityId = inGroup("Microsoft.ManagedIdentity/userAssignedIdentities");
export const storageId = inGroup("Microsoft.Storage/storageAccounts");
export const planId = inGroup("Microsoft.Web/serverfarms");
export const appId = inGroup("Microsoft.Web/sites");
export const vaultId = inGroup("Microsoft.KeyVault/vaults");
export const workspaceId = inGroup("Microsoft.OperationalInsights/workspaces");
export const componentId = inGroup("Microsoft.Insights/components");

/** "<namespace>/<queue>" */
export const queueId = under(namespaceId, "queues");
/** "<account>/<container>" */
export const containerId = under(storageId, "blobServices/default/containers");
/** "<account>/<table>" */
export const tableId = under(storageId, "tableServices/default/tables");
/** "<vault>/<secret>" */
export const vaultSecretId = under(vaultId, "secrets");

/** A role that Azure has itself, by its GUID: https://learn.microsoft.com/azure/role-based-access-control/built-in-roles */
export function roleId({ subscription }: AzurePlace, role: string): string {
  return `/subscriptions/${subscription}/providers/Microsoft.Authorization/roleDefinitions/${role}`;
}

function inGroup(type: string): IdOf {
  return (place, name) => `${groupId(place)}/providers/${type}/${name}`;
}

function under(parent: IdOf, type: string): IdOf {
  return (place, name) => {
    const [above = "", below = ""] = name.split("/");
    return `${parent(place, above)}/${type}/${below}`;
  };
}
