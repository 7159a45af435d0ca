import { randomBytes } from "node:crypto";
import {
  asOwner,
  type Change,
  type Controller,
  isUnknown,
  type Owner,
  type PartContext,
  type RemotePart,
  settingChanges,
} from "@alienplatform/deploy";
import type { AccountApi } from "../api-client.ts";
import type { WorkerSecretConfig } from "../part-configs.ts";
import { listWorkers } from "./list-workers.ts";
import { unlessGone, WORKER_GONE } from "./unless-gone.ts";
import { deleteSecret, firstValueOf, listSecrets, placeOf, putSecret } from "./worker-secrets.ts";

/** The places of a secret. They bear no marks, and are whose their Workers are. */
export interface WorkerSecretPart extends RemotePart {
  /** The Workers that have a place for it, sorted. */
  readonly scripts: readonly string[];
  /** Whether one of them has a value that deploy did not make up. */
  readonly chosen: boolean;
}

/** Bytes of a secret that only has to be unguessable. */
const RANDOM_BYTES = 32;

/**
 * Makes the places of secrets. Cloudflare tells the names of a Worker's secrets and nothing else, so a place is a secret
 * of its own beside the one with the value: `placeOf` the variable.
 */
export class WorkerSecretController implements Controller<WorkerSecretConfig, WorkerSecretPart> {
  readonly api = "workers";
  readonly #api: AccountApi;

  constructor(api: AccountApi) {
    this.#api = api;
  }

  /** Looks into all Workers of the stage: one that reads it no more may still have it. */
  async read(context: PartContext<WorkerSecretConfig>): Promise<WorkerSecretPart | undefined> {
    const { name, config, owner, signal } = context;
    const wanted = isUnknown(config.scripts) ? [] : config.scripts;
    const workers = await listWorkers(this.#api, signal);
    const found = new Map<string, Owner | undefined>();
    let chosen = false;
    for (const worker of workers) {
      const ours = worker.owner?.stack === owner.stack && worker.owner.stage === owner.stage;
      if (!ours && !wanted.includes(worker.name)) continue;
      const names = await unlessGone(listSecrets(this.#api, worker.name, signal), WORKER_GONE);
      if (!names?.includes(placeOf(config.variable))) continue;
      found.set(worker.name, worker.owner);
      chosen ||= names.includes(config.variable) && !names.includes(firstValueOf(config.variable));
    }
    const [whose] = found.values();
    if (found.size === 0) return undefined;
    return {
      ...identity(name),
      ...asOwner(whose && { ...whose, part: owner.part }),
      scripts: [...found.keys()].sort(),
      chosen,
      ...(chosen ? { holds: "its value" } : {}),
    };
  }

  diff({ scripts }: WorkerSecretConfig, remote: WorkerSecretPart): readonly Change[] {
    const wanted = isUnknown(scripts) ? scripts : [...scripts].sort();
    // Where no Worker is left that has it, the value goes, as with the part.
    const lost =
      remote.chosen &&
      !isUnknown(scripts) &&
      !scripts.some((script) => remote.scripts.includes(script));
    return settingChanges(
      { scripts: wanted },
      { scripts: remote.scripts },
      lost ? { scripts: "a value cannot be read out of a Worker" } : {},
    );
  }

  async create(
    context: PartContext<WorkerSecretConfig>,
    config: WorkerSecretConfig,
  ): Promise<WorkerSecretPart> {
    const { name, owner, signal } = context;
    const { variable, scripts, firstValue } = config;
    // The value first: where the place is, there is also what belongs in it.
    if (firstValue === "random") await this.#makeUp(variable, scripts, signal);
    for (const script of scripts) {
      await putSecret(this.#api, script, placeOf(variable), "-", signal);
    }
    return { ...identity(name), owner, scripts: [...scripts].sort(), chosen: false };
  }

  /**
   * A Worker that reads it from now on gets a place and no value, which nobody can read out of the others: it has to be
   * set once more. What deploy made up nobody outside knows, so all get a new one. A Worker that reads it no more loses it.
   */
  async update(
    context: PartContext<WorkerSecretConfig>,
    { variable, scripts, firstValue }: WorkerSecretConfig,
    remote: WorkerSecretPart,
  ): Promise<WorkerSecretPart> {
    const { owner, signal } = context;
    const joins = scripts.some((script) => !remote.scripts.includes(script));
    if (joins && firstValue === "random" && !remote.chosen) {
      await this.#makeUp(variable, scripts, signal);
    }
    for (const script of scripts) {
      if (remote.scripts.includes(script)) continue;
      await putSecret(this.#api, script, placeOf(variable), "-", signal);
    }
    for (const script of remote.scripts) {
      if (!scripts.includes(script)) await this.#forget(script, variable, signal);
    }
    return { ...remote, owner, scripts: [...scripts].sort() };
  }

  async delete(
    { config, signal }: PartContext<WorkerSecretConfig>,
    { scripts }: WorkerSecretPart,
  ): Promise<void> {
    for (const script of scripts) await this.#forget(script, config.variable, signal);
  }

  /** One value for all, since a Worker may verify what another one of the stage has signed. */
  async #makeUp(variable: string, scripts: readonly string[], signal: AbortSignal): Promise<void> {
    const value = randomBytes(RANDOM_BYTES).toString("base64url");
    for (const script of scripts) {
      // A value without this was chosen by somebody.
      await putSecret(this.#api, script, firstValueOf(variable), "-", signal);
      await putSecret(this.#api, script, variable, value, signal);
    }
  }

  /** The place at the end: as long as it is there, so is what is left to do. */
  async #forget(script: string, variable: string, signal: AbortSignal): Promise<void> {
    for (const secret of [variable, firstValueOf(variable), placeOf(variable)]) {
      await deleteSecret(this.#api, script, secret, signal);
    }
  }
}

function identity(name: string): Pick<RemotePart, "id" | "attributes"> {
  return { id: `secret/${name}`, attributes: { name } };
}
