import { STATE_HELD } from "@alienplatform/deploy";
import type { AzurePlace } from "../azure-place.ts";
import type { StorageTableConfig } from "../part-configs.ts";
import { storageId, tableId } from "../resource-ids.ts";
import type { Arm } from "./arm.ts";
import { ArmController } from "./arm-controller.ts";
import { parentOwner } from "./parent-owner.ts";
import { STORAGE_VERSION } from "./storage-account.ts";

/**
 * Makes what a stage keeps its state in. A table bears no tags: it is whose its account is. Resource Manager tells nothing
 * of what is in it, and who deploys may not look.
 */
export function storageTables(arm: Arm, place: AzurePlace): ArmController<StorageTableConfig> {
  return new ArmController(arm, {
    api: "storage",
    version: STORAGE_VERSION,
    idOf: (name) => tableId(place, name),
    settingsOf: () => ({}),
    wantedSettings: () => ({}),
    bodyOf: () => ({}),
    attributesOf: ({ name }) => ({ name: name ?? "" }),
    holds: async () => STATE_HELD,
    isAside: true,
    owner: parentOwner(
      arm,
      ({ name }) => tableId(place, name),
      ({ name }) => storageId(place, name.split("/")[0] ?? ""),
      STORAGE_VERSION,
    ),
  });
}
