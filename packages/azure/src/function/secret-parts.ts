import { isGenerated, ref, secretPartId, secretsOfStack } from "@alienplatform/deploy";
import type { AzurePart } from "../azure-part.ts";
import type { AzureStack } from "../azure-place.ts";
import { secretName, vaultName } from "../names.ts";
import { vaultId, vaultSecretId } from "../resource-ids.ts";
import { GROUP, VAULT } from "../stage-parts.ts";

/** The shortest: a vault that is destroyed is purged. https://learn.microsoft.com/azure/key-vault/general/soft-delete-overview */
const RETENTION_DAYS = 7;

/** The vault of the stage, if it has secrets, and each of them without its value. */
export function secretParts(stack: AzureStack): readonly AzurePart[] {
  const { place } = stack;
  const secrets = [...secretsOfStack(stack)];
  if (secrets.length === 0) return [];
  const vault = vaultName(place);
  return [
    {
      id: VAULT,
      type: "key-vault",
      name: vault,
      resource: place.stack,
      config: {
        location: place.region,
        sku: "standard",
        enableRbacAuthorization: true,
        softDeleteRetentionInDays: RETENTION_DAYS,
      },
      after: [GROUP],
      known: { id: vaultId(place, vault) },
    },
    ...secrets.map(([variable, resource]) => {
      const name = `${vault}/${secretName(variable)}`;
      return {
        id: secretPartId(variable),
        type: "key-vault-secret" as const,
        name,
        resource,
        config: {
          vault: ref(VAULT, "uri"),
          firstValue: isGenerated(variable) ? ("random" as const) : ("placeholder" as const),
        },
        known: { id: vaultSecretId(place, name) },
      };
    }),
  ];
}
