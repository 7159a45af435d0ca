import { AlienError } from "@alienplatform/core";
import {
  asOwner,
  type Change,
  type Controller,
  type PartContext,
  type RemotePart,
  type Settings,
  settingChanges,
} from "@alienplatform/deploy";
import type { AccountApi } from "../api-client.ts";
import type { WorkerUrlConfig } from "../part-configs.ts";
import { ownerOf } from "./owner-tags.ts";
import { unlessGone, WORKER_GONE } from "./unless-gone.ts";
import { pathOf } from "./worker-path.ts";

/** An address as Cloudflare has it. It bears no marks, and is whose its Worker is. */
export interface WorkerUrlPart extends RemotePart {
  readonly settings: Settings;
}

/** https://developers.cloudflare.com/api/resources/workers/subresources/scripts/subresources/subdomain/ */
interface FoundSubdomain {
  readonly enabled: boolean;
  readonly previews_enabled: boolean;
}

/** Gives Workers their addresses on workers.dev. */
export class WorkerUrlController implements Controller<WorkerUrlConfig, WorkerUrlPart> {
  readonly api = "workers";
  readonly #api: AccountApi;
  /** The account's own, which is asked for once. */
  #domain: string | undefined;

  constructor(api: AccountApi) {
    this.#api = api;
  }

  async read(context: PartContext<WorkerUrlConfig>): Promise<WorkerUrlPart | undefined> {
    const { name, signal } = context;
    const found = await unlessGone(
      this.#api.call<FoundSubdomain>("GET", `${pathOf(name)}/subdomain`, { signal }),
      WORKER_GONE,
    );
    if (found?.enabled !== true) return undefined;
    const worker = await unlessGone(
      this.#api.call<{ readonly tags?: readonly string[] | null }>(
        "GET",
        `${pathOf(name)}/script-settings`,
        { signal },
      ),
      WORKER_GONE,
    );
    if (worker === undefined) return undefined;
    const owner = ownerOf(worker.tags);
    return {
      ...(await this.#partOf(name, found.previews_enabled, signal)),
      ...asOwner(owner && { ...owner, part: context.owner.part }),
    };
  }

  diff(config: WorkerUrlConfig, remote: WorkerUrlPart): readonly Change[] {
    return settingChanges({ ...config }, remote.settings);
  }

  async create(
    context: PartContext<WorkerUrlConfig>,
    config: WorkerUrlConfig,
  ): Promise<WorkerUrlPart> {
    const { name, owner, signal } = context;
    const body = { enabled: true, previews_enabled: config.previewsEnabled };
    await this.#api.call("POST", `${pathOf(name)}/subdomain`, { body, signal });
    return { ...(await this.#partOf(name, config.previewsEnabled, signal)), owner };
  }

  async update(
    context: PartContext<WorkerUrlConfig>,
    config: WorkerUrlConfig,
  ): Promise<WorkerUrlPart> {
    return this.create(context, config);
  }

  async delete({ name, signal }: PartContext<WorkerUrlConfig>): Promise<void> {
    const body = { enabled: false, previews_enabled: false };
    await unlessGone(
      this.#api.call("POST", `${pathOf(name)}/subdomain`, { body, signal }),
      WORKER_GONE,
    );
  }

  async #partOf(
    name: string,
    previewsEnabled: boolean,
    signal: AbortSignal,
  ): Promise<WorkerUrlPart> {
    this.#domain ??= await this.#domainOf(signal);
    const url = `https://${name}.${this.#domain}.workers.dev`;
    return { id: url, attributes: { url }, settings: { scriptName: name, previewsEnabled } };
  }
  async #domainOf(signal: AbortSignal): Promise<string> {
    const found = await unlessGone(
      this.#api.call<{ readonly subdomain: string }>("GET", "/workers/subdomain", { signal }),
      WORKER_GONE,
    );
    if (found !== undefined) return found.subdomain;
    throw new AlienError("PLATFORM_REFUSED", "the account has no workers.dev subdomain yet", {
      fix: "Open Workers in the dashboard once, which gives the account one, then deploy again.",
    });
  }
}
