import { type AzurePlace, regionName } from "../azure-place.ts";
import type { FlexPlanConfig } from "../part-configs.ts";
import { planId } from "../resource-ids.ts";
import type { Arm } from "./arm.ts";
import { ArmController } from "./arm-controller.ts";

/** Of App Service, the apps' too. */
export const WEB_VERSION = "2024-11-01";

/** Makes plans of the kind Flex Consumption, which cost nothing themselves. */
export function flexPlans(arm: Arm, place: AzurePlace): ArmController<FlexPlanConfig> {
  return new ArmController(arm, {
    api: "web",
    version: WEB_VERSION,
    idOf: (name) => planId(place, name),
    settingsOf: ({ location = "", sku }) => ({ location: regionName(location), sku: sku?.name }),
    wantedSettings: (config) => config,
    bodyOf: ({ location, sku }) => ({
      location,
      kind: "functionapp",
      sku: { name: sku, tier: "FlexConsumption" },
      // Which is to say Linux.
      properties: { reserved: true },
    }),
    replaces: {
      location: "a plan stays where it was made",
      sku: "a plan of Flex Consumption is none other",
    },
  });
}
