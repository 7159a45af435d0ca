import { type AzurePlace, regionName } from "../azure-place.ts";
import type { AppInsightsConfig } from "../part-configs.ts";
import { componentId } from "../resource-ids.ts";
import { sameCase } from "./app-settings.ts";
import type { Arm } from "./arm.ts";
import { ArmController } from "./arm-controller.ts";

/** Makes what functions write their logs to. */
export function appInsights(arm: Arm, place: AzurePlace): ArmController<AppInsightsConfig> {
  return new ArmController(arm, {
    api: "logs",
    version: "2020-02-02",
    idOf: (name) => componentId(place, name),
    settingsOf: ({ location = "", properties = {} }) => ({
      location: regionName(location),
      workspace: sameCase(String(properties.WorkspaceResourceId ?? "")),
      disableLocalAuth: properties.DisableLocalAuth === true,
    }),
    wantedSettings: ({ workspace, ...rest }) => ({ ...rest, workspace: sameCase(workspace) }),
    bodyOf: ({ location, workspace, disableLocalAuth }) => ({
      location,
      kind: "web",
      properties: {
        Application_Type: "web",
        WorkspaceResourceId: workspace,
        DisableLocalAuth: disableLocalAuth,
      },
    }),
    // It holds a key that opens nothing, because of disableLocalAuth.
    attributesOf: ({ properties = {} }) => ({ connection: String(properties.ConnectionString) }),
    replaces: { location: "a component stays where it was made" },
  });
}
