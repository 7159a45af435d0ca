import type { StorageAccountConfig } from "./part-configs.ts";

/** A storage account that no key and nobody without a role opens. */
export function rolesOnlyAccount(location: string): StorageAccountConfig {
  return {
    location,
    sku: "Standard_LRS",
    minimumTlsVersion: "TLS1_2",
    allowBlobPublicAccess: false,
    allowSharedKeyAccess: false,
    supportsHttpsTrafficOnly: true,
  };
}
