import { type AzurePlace, regionName } from "../azure-place.ts";
import type { LogWorkspaceConfig } from "../part-configs.ts";
import { workspaceId } from "../resource-ids.ts";
import type { Arm } from "./arm.ts";
import { ArmController } from "./arm-controller.ts";

/** Makes what the logs of a stage's functions are in. */
export function logWorkspaces(arm: Arm, place: AzurePlace): ArmController<LogWorkspaceConfig> {
  return new ArmController(arm, {
    api: "logs",
    version: "2022-10-01",
    idOf: (name) => workspaceId(place, name),
    settingsOf: ({ location = "", properties = {} }) => ({
      location: regionName(location),
      sku: skuOf(properties.sku),
      retentionInDays: Number(properties.retentionInDays),
    }),
    wantedSettings: (config) => config,
    bodyOf: ({ location, sku, retentionInDays }) => ({
      location,
      properties: { sku: { name: sku }, retentionInDays },
    }),
    replaces: { location: "a workspace stays where it was made" },
  });
}

/** Log Analytics answers it in small letters at times. */
function skuOf(sku: unknown): string {
  const { name = "" } = (sku ?? {}) as { readonly name?: string }; // as its page documents it
  return name.toLowerCase() === "pergb2018" ? "PerGB2018" : name;
}
