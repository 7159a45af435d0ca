import {
  asOwner,
  type Change,
  type Controller,
  entryChanges,
  isUnknown,
  marksMissing,
  OWNER,
  type PartContext,
  type RemotePart,
  type Settings,
  settingChanges,
} from "@alienplatform/deploy";
import type { AccountApi } from "../api-client.ts";
import type { WorkerConfig } from "../part-configs.ts";
import { otherTags, ownerOf, tagsOf } from "./owner-tags.ts";
import { unlessGone, WORKER_GONE } from "./unless-gone.ts";
import { pathOf } from "./worker-path.ts";
import { CODE, uploadOf } from "./worker-upload.ts";

/** A Worker as Cloudflare has it. Its id is "worker/" and its name, which an account has once. */
export interface WorkerPart extends RemotePart {
  readonly settings: Settings;
  readonly queues: Settings;
  readonly databases: Settings;
  /** The variables; those that nobody declared come without their values, which may be secret. */
  readonly environment: Settings;
  /** The tags that are not deploy's. */
  readonly tags: readonly string[];
}

/** https://developers.cloudflare.com/api/resources/workers/subresources/scripts/subresources/script_and_version_settings/ */
interface FoundSettings {
  readonly bindings?: readonly FoundBinding[];
  readonly compatibility_date?: string;
  readonly compatibility_flags?: readonly string[];
  readonly observability?: { readonly enabled?: boolean } | null;
  readonly tags?: readonly string[] | null;
}

interface FoundBinding {
  readonly type: string;
  readonly name: string;
  readonly text?: string;
  readonly queue_name?: string;
  /** Of a database. */
  readonly id?: string;
}

/** Makes Workers from the zip files of bundles. */
export class WorkerController implements Controller<WorkerConfig, WorkerPart> {
  readonly api = "workers";
  readonly #api: AccountApi;

  constructor(api: AccountApi) {
    this.#api = api;
  }

  async read(context: PartContext<WorkerConfig>): Promise<WorkerPart | undefined> {
    const { name, config, signal } = context;
    const found = await unlessGone(
      this.#api.call<FoundSettings>("GET", `${pathOf(name)}/settings`, { signal }),
      WORKER_GONE,
    );
    return found && partOf(name, found, config);
  }

  diff(config: WorkerConfig, remote: WorkerPart): readonly Change[] {
    const { code, mainModule, queues, databases, environment, ...rest } = config;
    const sha256 = isUnknown(code) ? code : code.sha256;
    return [
      ...settingChanges({ ...rest, "code.sha256": sha256 }, remote.settings),
      ...entryChanges("queues", queues, remote.queues, (each) => each),
      ...entryChanges("databases", databases, remote.databases, (each) => each),
      ...entryChanges("environment", environment, remote.environment, (each) => each),
    ];
  }

  async create(context: PartContext<WorkerConfig>, config: WorkerConfig): Promise<WorkerPart> {
    return this.#upload(context, config, []);
  }

  /** One upload sets all that there is to set: Cloudflare has no other way to change code, and versions are whole. */
  async update(
    context: PartContext<WorkerConfig>,
    config: WorkerConfig,
    remote: WorkerPart,
    changes: readonly Change[],
  ): Promise<WorkerPart> {
    if (changes.every(({ path }) => path === OWNER) && marksMissing(changes)) {
      const { name, owner, signal } = context;
      const body = { tags: [...tagsOf(owner), ...remote.tags] };
      await this.#api.call("PATCH", `${pathOf(name)}/script-settings`, { body, signal });
      return { ...remote, owner };
    }
    return this.#upload(context, config, remote.tags);
  }

  async delete({ name, signal }: PartContext<WorkerConfig>): Promise<void> {
    await unlessGone(this.#api.call("DELETE", pathOf(name), { signal }), WORKER_GONE);
  }

  async #upload(
    context: PartContext<WorkerConfig>,
    config: WorkerConfig,
    tags: readonly string[],
  ): Promise<WorkerPart> {
    const { name, owner, signal } = context;
    const zip = await context.artifact(config.code.sha256);
    const body = uploadOf(config, zip, [...tagsOf(owner), ...tags]);
    await this.#api.call("PUT", pathOf(name), { body, signal });
    return {
      ...identity(name),
      owner,
      settings: {
        "code.sha256": config.code.sha256,
        compatibilityDate: config.compatibilityDate,
        compatibilityFlags: config.compatibilityFlags,
        observability: config.observability,
      },
      queues: config.queues,
      databases: config.databases,
      environment: config.environment,
      tags,
    };
  }
}

function partOf(name: string, found: FoundSettings, config: WorkerConfig): WorkerPart {
  const bindings = found.bindings ?? [];
  const texts = bindings.filter(({ type }) => type === "plain_text");
  const declared = isUnknown(config.environment) ? {} : config.environment;
  return {
    ...identity(name),
    ...asOwner(ownerOf(found.tags)),
    settings: {
      "code.sha256": texts.find((each) => each.name === CODE)?.text,
      compatibilityDate: found.compatibility_date,
      compatibilityFlags: [...(found.compatibility_flags ?? [])],
      observability: found.observability?.enabled ?? false,
    },
    queues: Object.fromEntries(
      bindings.flatMap(({ type, name: binding, queue_name }) =>
        type === "queue" ? [[binding, queue_name]] : [],
      ),
    ),
    databases: Object.fromEntries(
      bindings.flatMap(({ type, name: binding, id }) => (type === "d1" ? [[binding, id]] : [])),
    ),
    environment: Object.fromEntries(
      texts.flatMap(({ name: variable, text = "" }) => {
        if (variable === CODE) return [];
        return [[variable, Object.hasOwn(declared, variable) ? text : "(not shown)"]];
      }),
    ),
    tags: otherTags(found.tags),
  };
}

function identity(name: string): Pick<RemotePart, "id" | "attributes"> {
  return { id: `worker/${name}`, attributes: { name } };
}
