import { regionName } from "../azure-place.ts";
import type { FunctionAppConfig } from "../part-configs.ts";
import type { ArmResource } from "./arm.ts";

const DISABLED = /^AzureWebJobs\.(.+)\.Disabled$/;
const REASON = "ALIEN_PAUSED_";

type Environment = Readonly<Record<string, string>>;

/** What of an app's settings is no deploy's: which of its triggers are disabled, and why. */
export const operatorsOwn = {
  /** https://learn.microsoft.com/azure/azure-functions/disable-function */
  disabled: (trigger: string) => `AzureWebJobs.${trigger}.Disabled`,
  reason: (trigger: string) => `${REASON}${trigger}`,
  among: (settings: Environment) => filtered(settings, isOperators),
  without: (settings: Environment) => filtered(settings, (name) => !isOperators(name)),
};

function isOperators(name: string): boolean {
  return DISABLED.test(name) || name.startsWith(REASON);
}

function filtered(settings: Environment, keep: (name: string) => boolean): Environment {
  return Object.fromEntries(Object.entries(settings).filter(([name]) => keep(name)));
}

/** What makes or changes an app, without its settings and tags; who leaves the settings out keeps them. */
export function appBody(config: FunctionAppConfig): ArmResource {
  const { location, plan, identity, runtime, runtimeVersion, packages, httpsOnly } = config;
  return {
    location,
    kind: "functionapp,linux",
    identity: { type: "UserAssigned", userAssignedIdentities: { [identity]: {} } },
    properties: {
      serverFarmId: plan,
      httpsOnly,
      functionAppConfig: {
        deployment: {
          storage: {
            type: "blobContainer",
            value: packages,
            authentication: {
              type: "UserAssignedIdentity",
              userAssignedIdentityResourceId: identity,
            },
          },
        },
        runtime: { name: runtime, version: runtimeVersion },
        scaleAndConcurrency: {
          instanceMemoryMB: config.instanceMemory,
          maximumInstanceCount: config.maximumInstances,
        },
      },
    },
  };
}

/** The settings of an app, as the call that makes it takes them. */
export function appSettingsOf(settings: Environment): readonly { name: string; value: string }[] {
  return Object.entries(settings).map(([name, value]) => ({ name, value }));
}

/** An id may come back in other letters than it was given: to Azure they are the same. What is not known yet stays so. */
export function sameCase<Id extends string>(id: Id): Id | Lowercase<Id> {
  return typeof id === "string" ? (id.toLowerCase() as Lowercase<Id>) : id; // as its type says
}

/** What Azure tells of an app, in the words of the config. */
export function siteSettings({ location = "", identity, properties = {} }: ArmResource) {
  // As https://learn.microsoft.com/azure/templates/microsoft.web/sites documents it.
  const { deployment, runtime, scaleAndConcurrency } = (properties.functionAppConfig ?? {}) as {
    readonly deployment?: { readonly storage?: { readonly value?: string } };
    readonly runtime?: { readonly name?: string; readonly version?: string };
    readonly scaleAndConcurrency?: {
      readonly instanceMemoryMB?: number;
      readonly maximumInstanceCount?: number;
    };
  };
  return {
    location: regionName(location),
    plan: sameCase(String(properties.serverFarmId)),
    identity: sameCase(Object.keys(identity?.userAssignedIdentities ?? {}).join(", ")),
    runtime: runtime?.name,
    runtimeVersion: runtime?.version,
    packages: deployment?.storage?.value,
    instanceMemory: scaleAndConcurrency?.instanceMemoryMB,
    maximumInstances: scaleAndConcurrency?.maximumInstanceCount,
    httpsOnly: properties.httpsOnly === true,
  };
}
