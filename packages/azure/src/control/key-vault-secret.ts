import { randomBytes } from "node:crypto";
import {
  asOwner,
  type Change,
  type Controller,
  type PartContext,
  type RemotePart,
} from "@alienplatform/deploy";
import type { AzurePlace } from "../azure-place.ts";
import { type KeyVaultSecretConfig, PLACEHOLDER } from "../part-configs.ts";
import { vaultSecretId } from "../resource-ids.ts";
import type { Arm } from "./arm.ts";
import { VAULT_VERSION } from "./key-vault.ts";
import { ownerOf, tagsOf } from "./owner-tags.ts";
import type { Vault } from "./vault.ts";

/** Bytes of a secret that only has to be unguessable. */
const RANDOM_BYTES = 32;

/** Says that deploy has written the value, and nobody else. */
export const FIRST_VALUE = "alien-first-value";

/**
 * Makes the places of secrets. Their value is written once, when they are made, and never read: Resource Manager writes
 * values and does not answer them. It deletes none either, which the vault itself does.
 */
export class KeyVaultSecretController implements Controller<KeyVaultSecretConfig, RemotePart> {
  readonly api = "keyvault";
  readonly #arm: Arm;
  readonly #vault: Vault;
  readonly #place: AzurePlace;

  constructor(arm: Arm, vault: Vault, place: AzurePlace) {
    this.#arm = arm;
    this.#vault = vault;
    this.#place = place;
  }

  async read({ name, signal }: PartContext<KeyVaultSecretConfig>): Promise<RemotePart | undefined> {
    const id = vaultSecretId(this.#place, name);
    const found = await this.#arm.get(id, VAULT_VERSION, signal);
    if (found === undefined) return undefined;
    const isSet = found.tags?.[FIRST_VALUE] === undefined;
    return {
      id,
      ...asOwner(ownerOf(found.tags)),
      attributes: { id },
      ...(isSet ? { holds: "its value" } : {}),
    };
  }

  diff(): readonly Change[] {
    return [];
  }

  async create(
    context: PartContext<KeyVaultSecretConfig>,
    { vault, firstValue }: KeyVaultSecretConfig,
  ): Promise<RemotePart> {
    const { name, owner, signal } = context;
    const id = vaultSecretId(this.#place, name);
    // A deleted one keeps its name until it is purged.
    await this.#vault.purge(vault, nameIn(name), signal);
    const value =
      firstValue === "random" ? randomBytes(RANDOM_BYTES).toString("base64url") : PLACEHOLDER;
    const tags = { ...tagsOf(owner), [FIRST_VALUE]: firstValue };
    await this.#arm.put(id, VAULT_VERSION, { tags, properties: { value } }, context);
    return { id, owner, attributes: { id } };
  }

  async update(
    context: PartContext<KeyVaultSecretConfig>,
    _config: KeyVaultSecretConfig,
    remote: RemotePart,
  ): Promise<RemotePart> {
    const { owner, signal } = context;
    const found = await this.#arm.get(remote.id, VAULT_VERSION, signal);
    const tags = { ...found?.tags, ...tagsOf(owner) };
    await this.#arm.patch(remote.id, VAULT_VERSION, { tags }, context);
    return { ...remote, owner };
  }

  async delete({ name, config, signal, clock }: PartContext<KeyVaultSecretConfig>): Promise<void> {
    await this.#vault.delete(config.vault, nameIn(name), { signal, clock });
  }
}

/** "<vault>/<secret>" */
function nameIn(name: string): string {
  return name.split("/")[1] ?? "";
}
