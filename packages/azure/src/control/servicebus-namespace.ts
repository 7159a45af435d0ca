import { type AzurePlace, regionName } from "../azure-place.ts";
import type { ServiceBusNamespaceConfig } from "../part-configs.ts";
import { namespaceId } from "../resource-ids.ts";
import type { Arm } from "./arm.ts";
import { ArmController } from "./arm-controller.ts";

/** Of Service Bus, the queues' too. */
export const SERVICE_BUS_VERSION = "2021-11-01";

/** Makes the namespace of a stage's queues. */
export function serviceBusNamespaces(
  arm: Arm,
  place: AzurePlace,
): ArmController<ServiceBusNamespaceConfig> {
  return new ArmController(arm, {
    api: "servicebus",
    version: SERVICE_BUS_VERSION,
    idOf: (name) => namespaceId(place, name),
    settingsOf: ({ location = "", sku, properties = {} }) => ({
      location: regionName(location),
      sku: sku?.name,
      disableLocalAuth: properties.disableLocalAuth === true,
    }),
    wantedSettings: (config) => config,
    bodyOf: ({ location, sku, disableLocalAuth }) => ({
      location,
      sku: { name: sku, tier: sku },
      properties: { disableLocalAuth },
    }),
    // "https://<namespace>.servicebus.windows.net:443/"
    attributesOf: ({ properties = {} }) => ({
      host: hostOf(String(properties.serviceBusEndpoint ?? "")),
    }),
    replaces: { location: "a namespace stays where it was made" },
  });
}

/** With its port where it is not the usual one, which only an emulator's is. */
function hostOf(endpoint: string): string {
  const { hostname, port } = new URL(endpoint);
  return port === "" || port === "443" ? hostname : `${hostname}:${port}`;
}
