import { pause } from "@alienplatform/bindings";
import type { PartContext } from "@alienplatform/deploy";
import type { DataPlane } from "../data-plane.ts";
import { isGone } from "./arm-fault.ts";

/** https://learn.microsoft.com/rest/api/keyvault/secrets/operation-groups */
const VERSION = "7.4";
const LOOK_MS = 1_000;
const MOST_LOOKS = 60;

/** What a vault itself does with its secrets, which wants a role on it: Key Vault Secrets Officer. */
export class Vault {
  readonly #plane: DataPlane;

  constructor(plane: DataPlane) {
    this.#plane = plane;
  }

  /** Deletes a secret so that its name is free again; what is gone already is a success. */
  async delete(
    vault: string,
    name: string,
    { clock, signal }: Pick<PartContext<unknown>, "clock" | "signal">,
  ): Promise<void> {
    await this.#unlessGone("DELETE", `${vault}secrets/${name}`, signal);
    // Deleting takes some seconds, and what is being deleted cannot be purged.
    for (let looks = 1; ; looks++) {
      const deleted = await this.#unlessGone("GET", `${vault}deletedsecrets/${name}`, signal);
      const there = await this.#unlessGone("GET", `${vault}secrets/${name}/versions`, signal);
      if (deleted) break;
      if (!there || looks === MOST_LOOKS) return;
      await pause(clock, LOOK_MS, signal);
      signal.throwIfAborted();
    }
    await this.purge(vault, name, signal);
  }

  /** Lets go of a name that a deleted secret keeps. */
  async purge(vault: string, name: string, signal: AbortSignal): Promise<void> {
    await this.#unlessGone("DELETE", `${vault}deletedsecrets/${name}`, signal);
  }

  /** False where the vault says that it is gone. */
  async #unlessGone(method: "GET" | "DELETE", url: string, signal: AbortSignal): Promise<boolean> {
    try {
      await this.#plane.send(method, `${url}?api-version=${VERSION}`, { signal });
      return true;
    } catch (thrown) {
      if (isGone(thrown)) return false;
      throw thrown;
    }
  }
}
