import { type AzurePlace, regionName } from "../azure-place.ts";
import type { ManagedIdentityConfig } from "../part-configs.ts";
import { identityId } from "../resource-ids.ts";
import type { Arm } from "./arm.ts";
import { ArmController } from "./arm-controller.ts";

/** Makes the identities of functions. */
export function managedIdentities(
  arm: Arm,
  place: AzurePlace,
): ArmController<ManagedIdentityConfig> {
  return new ArmController(arm, {
    api: "identity",
    version: "2024-11-30",
    idOf: (name) => identityId(place, name),
    settingsOf: ({ location = "" }) => ({ location: regionName(location) }),
    wantedSettings: (config) => config,
    bodyOf: ({ location }) => ({ location }),
    attributesOf: ({ properties = {} }) => ({
      principalId: String(properties.principalId),
      clientId: String(properties.clientId),
    }),
    replaces: { location: "an identity stays where it was made" },
  });
}
