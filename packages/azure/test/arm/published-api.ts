import { ApplicationInsightsManagementClient } from "@azure/arm-appinsights";
import { WebSiteManagementClient } from "@azure/arm-appservice";
import { AuthorizationManagementClient } from "@azure/arm-authorization";
import { KeyVaultManagementClient } from "@azure/arm-keyvault";
import { ManagedServiceIdentityClient } from "@azure/arm-msi";
import { OperationalInsightsManagementClient } from "@azure/arm-operationalinsights";
import { ResourceManagementClient } from "@azure/arm-resources";
import { ServiceBusManagementClient } from "@azure/arm-servicebus";
import { StorageManagementClient } from "@azure/arm-storage";
import { type Mapper, problemsOf } from "./problems-of.ts";

/** One operation of a service's REST API, as Microsoft's own client has it, which is generated from the published OpenAPI. */
export interface PublishedOperation {
  readonly method: string;
  readonly path: RegExp;
  readonly template: string;
  readonly version: string;
  /** What of a body is wrong; nothing where it is as published. */
  problems(body: unknown): readonly string[];
}

/** What a client of Microsoft's sends, which it does not tell others. */
interface Spec {
  readonly path: string;
  readonly httpMethod: string;
  readonly queryParameters?: readonly { readonly mapper: Mapper }[];
  readonly requestBody?: { readonly mapper: Mapper };
  readonly serializer: { readonly modelMappers: Readonly<Record<string, Mapper>> };
}

/** Anything for a parameter: only which operation it is for is looked at. */
const ANY = "any";
// The clients want an id of a subscription and credentials, and send neither anywhere.
const credential = { getToken: async () => null };
const clients = {
  appInsights: new ApplicationInsightsManagementClient(credential, ANY),
  web: new WebSiteManagementClient(credential, ANY),
  authorization: new AuthorizationManagementClient(credential, ANY),
  keyVault: new KeyVaultManagementClient(credential, ANY),
  identity: new ManagedServiceIdentityClient(credential, ANY),
  logs: new OperationalInsightsManagementClient(credential, ANY),
  resources: new ResourceManagementClient(credential, ANY),
  serviceBus: new ServiceBusManagementClient(credential, ANY),
  storage: new StorageManagementClient(credential, ANY),
};
const { appInsights, web, authorization, keyVault, identity, logs, resources } = clients;
const { serviceBus, storage } = clients;

/** The operations that deploying uses: what asks for another one is refused. */
const asked: readonly (readonly [object, () => Promise<unknown>])[] = [
  [resources, () => resources.resourceGroups.createOrUpdate(ANY, { location: ANY })],
  [resources, () => resources.resourceGroups.get(ANY)],
  [resources, () => resources.resourceGroups.beginDelete(ANY)],
  [resources, () => resources.resources.listByResourceGroup(ANY).next()],
  [resources, () => resources.tagsOperations.beginUpdateAtScope(ANY, {})],
  [serviceBus, () => serviceBus.namespaces.beginCreateOrUpdate(ANY, ANY, { location: ANY })],
  [serviceBus, () => serviceBus.namespaces.get(ANY, ANY)],
  [serviceBus, () => serviceBus.namespaces.beginDelete(ANY, ANY)],
  [serviceBus, () => serviceBus.queues.createOrUpdate(ANY, ANY, ANY, {})],
  [serviceBus, () => serviceBus.queues.get(ANY, ANY, ANY)],
  [serviceBus, () => serviceBus.queues.delete(ANY, ANY, ANY)],
  [identity, () => identity.userAssignedIdentities.createOrUpdate(ANY, ANY, { location: ANY })],
  [identity, () => identity.userAssignedIdentities.get(ANY, ANY)],
  [identity, () => identity.userAssignedIdentities.delete(ANY, ANY)],
  [
    authorization,
    () =>
      authorization.roleAssignments.create(ANY, ANY, { principalId: ANY, roleDefinitionId: ANY }),
  ],
  [authorization, () => authorization.roleAssignments.get(ANY, ANY)],
  [authorization, () => authorization.roleAssignments.delete(ANY, ANY)],
  [
    storage,
    () =>
      storage.storageAccounts.beginCreate(ANY, ANY, {
        location: ANY,
        kind: "StorageV2",
        sku: { name: "Standard_LRS" },
      }),
  ],
  [storage, () => storage.storageAccounts.getProperties(ANY, ANY)],
  [storage, () => storage.storageAccounts.delete(ANY, ANY)],
  [storage, () => storage.blobContainers.create(ANY, ANY, ANY, {})],
  [storage, () => storage.blobContainers.get(ANY, ANY, ANY)],
  [storage, () => storage.blobContainers.delete(ANY, ANY, ANY)],
  [storage, () => storage.tableOperations.create(ANY, ANY, "any")],
  [storage, () => storage.tableOperations.get(ANY, ANY, "any")],
  [storage, () => storage.tableOperations.delete(ANY, ANY, "any")],
  [web, () => web.appServicePlans.beginCreateOrUpdate(ANY, ANY, { location: ANY })],
  [web, () => web.appServicePlans.get(ANY, ANY)],
  [web, () => web.appServicePlans.delete(ANY, ANY)],
  [web, () => web.webApps.beginCreateOrUpdate(ANY, ANY, { location: ANY })],
  [web, () => web.webApps.get(ANY, ANY)],
  [web, () => web.webApps.update(ANY, ANY, {})],
  [web, () => web.webApps.delete(ANY, ANY)],
  [web, () => web.webApps.updateApplicationSettings(ANY, ANY, {})],
  [web, () => web.webApps.listApplicationSettings(ANY, ANY)],
  [
    keyVault,
    () =>
      keyVault.vaults.beginCreateOrUpdate(ANY, ANY, {
        location: ANY,
        properties: { tenantId: ANY, sku: { family: "A", name: "standard" } },
      }),
  ],
  [keyVault, () => keyVault.vaults.get(ANY, ANY)],
  [keyVault, () => keyVault.vaults.delete(ANY, ANY)],
  [keyVault, () => keyVault.vaults.getDeleted(ANY, ANY)],
  [keyVault, () => keyVault.vaults.beginPurgeDeleted(ANY, ANY)],
  [keyVault, () => keyVault.secrets.createOrUpdate(ANY, ANY, ANY, { properties: {} })],
  [keyVault, () => keyVault.secrets.get(ANY, ANY, ANY)],
  [keyVault, () => keyVault.secrets.update(ANY, ANY, ANY, {})],
  [logs, () => logs.workspaces.beginCreateOrUpdate(ANY, ANY, { location: ANY })],
  [logs, () => logs.workspaces.get(ANY, ANY)],
  [logs, () => logs.workspaces.beginDelete(ANY, ANY)],
  [
    appInsights,
    () =>
      appInsights.components.createOrUpdate(ANY, ANY, {
        location: ANY,
        kind: "web",
        applicationType: "web",
      }),
  ],
  [appInsights, () => appInsights.components.get(ANY, ANY)],
  [appInsights, () => appInsights.components.delete(ANY, ANY)],
];

/** All of them; every server has the same. */
export function publishedOperations(): Promise<readonly PublishedOperation[]> {
  published ??= readAll();
  return published;
}

let published: Promise<readonly PublishedOperation[]> | undefined;

async function readAll(): Promise<readonly PublishedOperation[]> {
  const found: PublishedOperation[] = [];
  // One after the other: a client tells of the request that it prepares just now.
  for (const [client, ask] of asked) found.push(operationOf(await specOf(client, ask)));
  return found;
}

/** Lets a client prepare a request, and takes it before it is sent. */
async function specOf(client: object, ask: () => Promise<unknown>): Promise<Spec> {
  let taken: Spec | undefined;
  Object.assign(client, {
    sendOperationRequest: async (_: unknown, spec: Spec) => {
      taken = spec;
      throw new Taken();
    },
  });
  await ask().catch((thrown: unknown) => {
    if (!(thrown instanceof Taken)) throw thrown;
  });
  if (taken === undefined) throw new Error("the client sends nothing for this operation");
  return taken;
}

class Taken extends Error {}

function operationOf(spec: Spec): PublishedOperation {
  const { path, httpMethod, queryParameters = [], requestBody, serializer } = spec;
  const version = queryParameters.find(({ mapper }) => mapper.serializedName === "api-version");
  const pattern = path
    .replaceAll("/{scope}", "(/.+)?")
    // Resource Manager does not tell cases apart.
    .replace(/\{[^}]+\}/g, "[^/]+");
  return {
    method: httpMethod,
    template: path,
    path: new RegExp(`^${pattern}$`, "i"),
    // Of resource groups the client has a later one than the generic calls need.
    version: String(version?.mapper.defaultValue ?? ""),
    problems: (body: unknown) =>
      requestBody === undefined
        ? []
        : problemsOf(requestBody.mapper, body, serializer.modelMappers, "body"),
  };
}
