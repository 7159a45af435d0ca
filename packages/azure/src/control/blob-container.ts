import type { AzurePlace } from "../azure-place.ts";
import type { BlobContainerConfig } from "../part-configs.ts";
import { containerId, storageId } from "../resource-ids.ts";
import type { Arm } from "./arm.ts";
import { ArmController } from "./arm-controller.ts";
import { parentOwner } from "./parent-owner.ts";
import { STORAGE_VERSION } from "./storage-account.ts";

/** Makes what packages are in. A container bears no tags: it is whose its account is. */
export function blobContainers(arm: Arm, place: AzurePlace): ArmController<BlobContainerConfig> {
  return new ArmController(arm, {
    api: "storage",
    version: STORAGE_VERSION,
    idOf: (name) => containerId(place, name),
    settingsOf: ({ properties = {} }) => ({
      publicAccess: String(properties.publicAccess ?? "None"),
    }),
    wantedSettings: (config) => config,
    bodyOf: (properties) => ({ properties }),
    owner: parentOwner(
      arm,
      ({ name }) => containerId(place, name),
      ({ name }) => storageId(place, name.split("/")[0] ?? ""),
      STORAGE_VERSION,
    ),
  });
}
