/** The values of secrets, by their vaults and names; deleted ones keep their names until they are purged. */
export class VaultSecrets {
  readonly #values = new Map<string, string>();
  readonly deleted = new Set<string>();

  set(vault: string, name: string, value: string): void {
    this.#values.set(`${vault}/${name}`, value);
  }

  get(vault: string, name: string): string | undefined {
    return this.#values.get(`${vault}/${name}`);
  }

  delete(vault: string, name: string): boolean {
    const key = `${vault}/${name}`;
    if (!this.#values.delete(key)) return false;
    this.deleted.add(key);
    return true;
  }
}
