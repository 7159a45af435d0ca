import { STATE_HELD } from "@alienplatform/deploy";
import { type AzurePlace, regionName } from "../azure-place.ts";
import type { StorageAccountConfig } from "../part-configs.ts";
import { storageId } from "../resource-ids.ts";
import { STATE_ACCOUNT } from "../table/parts.ts";
import type { Arm } from "./arm.ts";
import { ArmController } from "./arm-controller.ts";

/** Of Azure Storage, the containers' and tables' too. */
export const STORAGE_VERSION = "2024-01-01";

/** Makes the storage of a function app, for its packages and what its host notes, and that of a stage's table. */
export function storageAccounts(arm: Arm, place: AzurePlace): ArmController<StorageAccountConfig> {
  return new ArmController(arm, {
    api: "storage",
    version: STORAGE_VERSION,
    idOf: (name) => storageId(place, name),
    settingsOf: ({ location = "", sku, properties = {} }) => ({
      location: regionName(location),
      sku: sku?.name,
      minimumTlsVersion: String(properties.minimumTlsVersion ?? ""),
      // What is not said is allowed: https://learn.microsoft.com/rest/api/storagerp/storage-accounts/create
      allowBlobPublicAccess: properties.allowBlobPublicAccess !== false,
      allowSharedKeyAccess: properties.allowSharedKeyAccess !== false,
      supportsHttpsTrafficOnly: properties.supportsHttpsTrafficOnly !== false,
    }),
    wantedSettings: (config) => config,
    bodyOf: ({ location, sku, ...properties }) => ({
      location,
      sku: { name: sku },
      kind: "StorageV2",
      properties,
    }),
    attributesOf: ({ name, properties = {} }) => {
      // "https://<account>.blob.core.windows.net/", as Azure documents it of every account of this kind
      const { blob, table } = (properties.primaryEndpoints ?? {}) as Readonly<
        Record<string, string | undefined>
      >;
      return { name: name ?? "", blobs: String(blob), tables: String(table) };
    },
    replaces: { location: "an account stays where it was made" },
    holds: async (_, { owner }) => (owner.part === STATE_ACCOUNT ? STATE_HELD : undefined),
    isAside: true,
  });
}
