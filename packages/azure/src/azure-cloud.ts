import type { Cloud, Controller } from "@alienplatform/deploy";
import type { AzurePlace } from "./azure-place.ts";
import { appInsights } from "./control/app-insights.ts";
import { blobContainers } from "./control/blob-container.ts";
import { flexPlans } from "./control/flex-plan.ts";
import { FunctionAppController } from "./control/function-app.ts";
import { keyVaults } from "./control/key-vault.ts";
import { KeyVaultSecretController } from "./control/key-vault-secret.ts";
import { logWorkspaces } from "./control/log-workspace.ts";
import { managedIdentities } from "./control/managed-identity.ts";
import { resourceGroups } from "./control/resource-group.ts";
import { roleAssignments } from "./control/role-assignment.ts";
import { serviceBusNamespaces } from "./control/servicebus-namespace.ts";
import { serviceBusQueues } from "./control/servicebus-queue.ts";
import { storageAccounts } from "./control/storage-account.ts";
import { storageTables } from "./control/storage-table.ts";
import { Vault } from "./control/vault.ts";
import type { DeployClients } from "./deploy-clients.ts";
import { deployError } from "./deploy-errors.ts";
import { ownedBy } from "./owned.ts";
import type { PartConfigs } from "./part-configs.ts";
import { AzureStageOperator } from "./stage-operator.ts";

/**
 * Calls at once, by API. Azure counts calls instead: a subscription's bucket holds 200 that write and 250 that read, and gets
 * 10 and 25 a second. https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling
 * Most time goes into waiting, and what is throttled all the same is tried again.
 */
const LIMITS = {
  resources: 5,
  servicebus: 10,
  identity: 5,
  authorization: 10,
  storage: 10,
  web: 10,
  keyvault: 5,
  logs: 5,
} as const;

/** What deploying to a place on Azure goes through. */
export function azureCloud(clients: DeployClients, at: AzurePlace, tenant: string): Cloud {
  const { stack, stage, subscription, region } = at;
  return {
    place: { platform: "azure", stack, stage, settings: { subscription, region } },
    controllers: controllersOf(clients, at, tenant),
    limits: LIMITS,
    translate: deployError,
    owned: (owner, signal) => ownedBy(owner, at, clients.arm, signal),
    operator: new AzureStageOperator(clients, at),
    close: async () => undefined,
  };
}

/** One controller for each type of part. */
function controllersOf(
  { arm, vaults }: DeployClients,
  at: AzurePlace,
  tenant: string,
): Readonly<Record<keyof PartConfigs, Controller>> {
  return {
    "resource-group": resourceGroups(arm, at),
    "servicebus-namespace": serviceBusNamespaces(arm, at),
    "servicebus-queue": serviceBusQueues(arm, at),
    "managed-identity": managedIdentities(arm, at),
    "role-assignment": roleAssignments(arm, at),
    "storage-account": storageAccounts(arm, at),
    "blob-container": blobContainers(arm, at),
    "storage-table": storageTables(arm, at),
    "flex-plan": flexPlans(arm, at),
    "function-app": new FunctionAppController(arm, at),
    "key-vault": keyVaults(arm, at, tenant),
    "key-vault-secret": new KeyVaultSecretController(arm, new Vault(vaults), at),
    "log-workspace": logWorkspaces(arm, at),
    "app-insights": appInsights(arm, at),
  };
}
