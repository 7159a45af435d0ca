import { type AzurePlace, regionName } from "../azure-place.ts";
import type { KeyVaultConfig } from "../part-configs.ts";
import { vaultId } from "../resource-ids.ts";
import type { Arm } from "./arm.ts";
import { ArmController } from "./arm-controller.ts";
import { ownerOf } from "./owner-tags.ts";

/** Of Key Vault in Resource Manager, the secrets' too. */
export const VAULT_VERSION = "2024-11-01";

/**
 * Makes the vault of a stage's secrets. A deleted vault keeps its name, and can be brought back, until it is purged: what is
 * destroyed is gone, so it is purged; what an interrupted destroy left behind is purged before another is made.
 * @param tenant The GUID of the directory that its roles are from.
 */
export function keyVaults(
  arm: Arm,
  place: AzurePlace,
  tenant: string,
): ArmController<KeyVaultConfig> {
  return new ArmController(arm, {
    api: "keyvault",
    version: VAULT_VERSION,
    idOf: (name) => vaultId(place, name),
    settingsOf: ({ location = "", properties = {} }) => ({
      location: regionName(location),
      sku: (properties.sku as { readonly name?: string } | undefined)?.name,
      enableRbacAuthorization: properties.enableRbacAuthorization === true,
      softDeleteRetentionInDays: Number(properties.softDeleteRetentionInDays ?? 90),
    }),
    wantedSettings: (config) => config,
    bodyOf: ({ location, sku, ...properties }) => ({
      location,
      properties: { ...properties, tenantId: tenant, sku: { family: "A", name: sku } },
    }),
    // "https://<vault>.vault.azure.net/"
    attributesOf: ({ properties = {} }) => ({ uri: String(properties.vaultUri) }),
    replaces: {
      location: "a vault stays where it was made",
      softDeleteRetentionInDays: "Key Vault decides on it when it makes a vault",
    },
    async purge({ name, owner, clock, signal }) {
      const { subscription, region } = place;
      const id = `/subscriptions/${subscription}/providers/Microsoft.KeyVault/locations/${region}/deletedVaults/${name}`;
      const deleted = await arm.get(id, VAULT_VERSION, signal);
      if (deleted === undefined) return;
      const its = ownerOf((deleted.properties?.tags ?? {}) as Record<string, string>); // of the vault that it was
      if (its?.stack !== owner.stack || its.stage !== owner.stage) return;
      await arm.purge(`${id}/purge`, VAULT_VERSION, { clock, signal });
    },
  });
}
