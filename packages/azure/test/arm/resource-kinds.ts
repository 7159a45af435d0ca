import { randomUUID } from "node:crypto";
import { TENANT } from "./account.ts";
import { ArmRefusal } from "./answers.ts";
import type { ArmServer } from "./arm-server.ts";
import type { Kept, Wanted } from "./resource.ts";

/** What Azure makes of a request for a resource of one type: what it adds, and what it refuses. */
export interface ResourceKind {
  /** How often its making is asked about before it is over. Default 0: it is over with the answer. */
  readonly polls?: number;
  /** What it answers to be in until then. A type that Microsoft publishes without a state has none; it is "Succeeded" then. */
  readonly making?: string;
  make(wanted: Wanted, resource: Kept, before: Kept | undefined, server: ArmServer): Kept;
  gone?(resource: Kept, server: ArmServer): void;
  /** As it is at the moment. */
  shown?(resource: Kept, server: ArmServer): Kept;
}

type Properties = Readonly<Record<string, unknown>>;

function bad(code: string, text: string): ArmRefusal {
  return new ArmRefusal(400, code, text);
}

function matches(name: string, pattern: RegExp): void {
  if (!pattern.test(name)) throw bad("InvalidResourceName", `The name '${name}' is not valid.`);
}

/** Of one type in the body of what another one names. */
function needs(server: ArmServer, id: unknown, type: string): Kept {
  const found = server.resources.get(String(id));
  if (found === undefined) throw bad("LinkedResourceNotFound", `${type} '${id}' was not found.`);
  return found;
}

const plain: ResourceKind = { make: (_, resource) => resource };

/** https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules for the names. */
export const resourceKinds: Readonly<Record<string, ResourceKind>> = {
  "microsoft.resources/resourcegroups": {
    making: "Creating",
    make: (_, resource, before) => {
      if (before !== undefined && before.location !== resource.location) {
        const text = `The group '${resource.name}' already exists in location '${before.location}'.`;
        throw new ArmRefusal(409, "InvalidResourceGroupLocation", text);
      }
      return resource;
    },
  },
  "microsoft.servicebus/namespaces": {
    polls: 2,
    making: "Creating",
    make(_, resource, __, server) {
      matches(resource.name, /^[A-Za-z][A-Za-z0-9-]{4,48}[A-Za-z0-9]$/);
      const serviceBusEndpoint = `https://127.0.0.1:${server.bus.port}/`;
      return {
        ...resource,
        properties: { ...resource.properties, serviceBusEndpoint },
      };
    },
  },
  "microsoft.servicebus/namespaces/queues": queueKind(),
  "microsoft.managedidentity/userassignedidentities": {
    make(_, resource, before) {
      const ids = before?.properties ?? { principalId: randomUUID(), clientId: randomUUID() };
      return { ...resource, properties: { ...ids, tenantId: TENANT } };
    },
  },
  "microsoft.authorization/roleassignments": {
    make(_, resource, before, server) {
      const { id } = resource;
      const scope = id.replace(/\/providers\/Microsoft\.Authorization\/.*$/i, "");
      const made = { ...resource, properties: { ...resource.properties, scope } };
      const fixed = (each: Kept) =>
        ["scope", "roleDefinitionId", "principalId"].map((key) =>
          String(each.properties[key]).toLowerCase(),
        );
      if (before !== undefined && String(fixed(before)) !== String(fixed(made))) {
        const text =
          "Tenant ID, application ID, principal ID, and scope are not allowed to be updated.";
        throw new ArmRefusal(400, "RoleAssignmentUpdateNotPermitted", text);
      }
      const same = server.resources
        .ofType(resource.type)
        .some((each) => each.id !== id && String(fixed(each)) === String(fixed(made)));
      if (same)
        throw new ArmRefusal(409, "RoleAssignmentExists", "The role assignment already exists.");
      server.assigned.add(id.toLowerCase());
      return made;
    },
  },
  "microsoft.storage/storageaccounts": {
    polls: 2,
    making: "Creating",
    make(_, resource, __, server) {
      matches(resource.name, /^[a-z0-9]{3,24}$/);
      const blob = `${server.url}/_blobs/${resource.name}/`;
      const table = `${server.url}/_tables/${resource.name}/`;
      const primaryEndpoints = { blob, table };
      return { ...resource, properties: { ...resource.properties, primaryEndpoints } };
    },
  },
  "microsoft.storage/storageaccounts/blobservices/containers": plain,
  "microsoft.storage/storageaccounts/tableservices/tables": {
    make(_, resource) {
      // https://learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model
      matches(resource.name, /^[A-Za-z][A-Za-z0-9]{2,62}$/);
      return { ...resource, properties: { ...resource.properties, tableName: resource.name } };
    },
    gone: (resource, server) => server.tables.forget(resource.id),
  },
  "microsoft.web/serverfarms": { ...plain, polls: 1, making: "InProgress" },
  "microsoft.web/sites": siteKind(),
  "microsoft.keyvault/vaults": {
    polls: 2,
    making: "RegisteringDns",
    make(_, resource, before, server) {
      matches(resource.name, /^(?!.*--)[A-Za-z][A-Za-z0-9-]{1,22}[A-Za-z0-9]$/);
      if (server.deletedVaults.has(resource.name) && before === undefined) {
        const text = `A vault with the same name already exists in deleted state.`;
        throw new ArmRefusal(409, "ConflictError", text);
      }
      const vaultUri = `${server.url}/_vault/${resource.name}/`;
      return { ...resource, properties: { ...resource.properties, vaultUri } };
    },
    gone: (resource, server) => server.deletedVaults.set(resource.name, resource),
  },
  "microsoft.keyvault/vaults/secrets": {
    make({ properties = {} }, resource, _, server) {
      matches(resource.name, /^[0-9A-Za-z-]{1,127}$/);
      const vault = resource.id.split("/").at(-3) ?? "";
      const { value, ...rest } = properties as { readonly value?: string } & Properties;
      if (value !== undefined) server.secrets.set(vault, resource.name, value);
      return { ...resource, properties: rest };
    },
  },
  "microsoft.operationalinsights/workspaces": { ...plain, polls: 1, making: "Creating" },
  "microsoft.insights/components": {
    making: "Creating",
    make(_, resource, before, server) {
      needs(server, resource.properties.WorkspaceResourceId, "workspace");
      const fresh = `InstrumentationKey=${randomUUID()};IngestionEndpoint=${server.url}/`;
      const { ConnectionString = fresh } = before?.properties ?? {};
      for (const each of smartDetectionOf(resource)) server.resources.set(each);
      return { ...resource, properties: { ConnectionString, ...resource.properties } };
    },
  },
};

/** What App Insights makes beside a component, as it is listed; both stay when the component goes. */
function smartDetectionOf({ id, name }: Kept): readonly Kept[] {
  const group = id.split("/").slice(0, 5).join("/");
  return [
    ["microsoft.insights/actiongroups", "Application Insights Smart Detection"],
    ["microsoft.alertsmanagement/smartdetectoralertrules", `Failure Anomalies - ${name}`],
  ].map(([type = "", its = ""]) => ({
    id: `${group}/providers/${type}/${its}`,
    name: its,
    type,
    location: "global",
    properties: {},
  }));
}

function queueKind(): ResourceKind {
  return {
    make(_, resource, before, server) {
      matches(resource.name, /^[A-Za-z0-9]$|^[A-Za-z0-9][\w./-]{0,258}[A-Za-z0-9]$/);
      const { properties } = resource;
      for (const fixed of ["requiresSession", "requiresDuplicateDetection"]) {
        if (before === undefined || before.properties[fixed] === properties[fixed]) continue;
        throw bad("BadRequest", `SubCode=40000. The value for '${fixed}' cannot be changed.`);
      }
      const lock = server.seconds(properties.lockDuration);
      if (lock < 5 || lock > 300) throw bad("BadRequest", "LockDuration must be 5 s to 5 min.");
      const size = Number(properties.maxSizeInMegabytes);
      if (![1_024, 2_048, 3_072, 4_096, 5_120].includes(size)) {
        throw bad("BadRequest", `MaxSizeInMegabytes is ${size}.`);
      }
      const deliveries = Number(properties.maxDeliveryCount);
      if (!(deliveries >= 1 && deliveries <= 2_000)) throw bad("BadRequest", "MaxDeliveryCount");
      const forwarded = properties.forwardDeadLetteredMessagesTo;
      if (forwarded !== undefined) {
        const to = resource.id.replace(/[^/]+$/, String(forwarded));
        if (server.resources.get(to) === undefined)
          throw bad("BadRequest", `no queue ${forwarded}`);
      }
      server.keepQueue(resource);
      return { ...resource, properties: { status: "Active", ...properties } };
    },
    gone: (resource, server) => server.bus.removeQueue(server.busName(resource)),
    shown: (resource, server) => ({
      ...resource,
      properties: {
        ...resource.properties,
        messageCount: server.bus.queue(server.busName(resource)).entries.length,
      },
    }),
  };
}

function siteKind(): ResourceKind {
  return {
    make(wanted, resource, before, server) {
      matches(resource.name, /^[A-Za-z0-9][A-Za-z0-9-]{0,58}[A-Za-z0-9]$/);
      const { siteConfig, ...properties } = { ...before?.properties, ...wanted.properties };
      const plan = needs(server, properties.serverFarmId, "server farm");
      if (plan.sku?.name !== "FC1") throw bad("BadRequest", "The plan is not Flex Consumption.");
      const others = server.resources
        .ofType(resource.type)
        .filter(({ id, properties: its }) => id !== resource.id && its.serverFarmId === plan.id);
      if (others.length > 0) throw bad("BadRequest", "Flex Consumption plans host one app.");
      if (properties.functionAppConfig === undefined) {
        throw bad("BadRequest", "Flex Consumption sites need functionAppConfig.");
      }
      const identities = Object.keys(resource.identity?.userAssignedIdentities ?? {});
      for (const identity of identities) needs(server, identity, "identity");
      const given = (siteConfig as { appSettings?: readonly Setting[] } | undefined)?.appSettings;
      if (given !== undefined) {
        const settings = Object.fromEntries(given.map(({ name, value }) => [name, value]));
        server.setAppSettings(resource.id, settings);
      } else if (before === undefined) server.setAppSettings(resource.id, {});
      return {
        ...resource,
        // Ids come back with other letters than they were given.
        identity: {
          type: "UserAssigned",
          userAssignedIdentities: Object.fromEntries(
            identities.map((id) => [id.replace("resourceGroups", "resourcegroups"), {}]),
          ),
        },
        properties: {
          ...properties,
          state: "Running",
          defaultHostName: `${resource.name}.azurewebsites.net`,
          hostNameSslStates: [
            { name: `${resource.name}.azurewebsites.net`, hostType: "Standard" },
            { name: `${server.url}/_scm/${resource.name}`, hostType: "Repository" },
          ],
        },
      };
    },
    gone: (resource, server) => server.appGone(resource.id),
  };
}

interface Setting {
  readonly name: string;
  readonly value: string;
}
