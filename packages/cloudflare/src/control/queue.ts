import {
  type Change,
  type Controller,
  type PartContext,
  type RemotePart,
  type Settings,
  settingChanges,
} from "@alienplatform/deploy";
import type { AccountApi } from "../api-client.ts";
import type { QueueConfig } from "../part-configs.ts";
import { type FoundQueue, findQueue, queueOwner } from "./find-queue.ts";
import { QUEUE_GONE, unlessGone } from "./unless-gone.ts";

/** A queue as Cloudflare has it. Its id is Cloudflare's. */
export interface QueuePart extends RemotePart {
  readonly settings: Settings;
}

/** Makes queues. Whose one is its name says, since Cloudflare lets it say it nowhere else. */
export class QueueController implements Controller<QueueConfig, QueuePart> {
  readonly api = "queues";
  readonly #api: AccountApi;

  constructor(api: AccountApi) {
    this.#api = api;
  }

  async read(context: PartContext<QueueConfig>): Promise<QueuePart | undefined> {
    const { name, signal } = context;
    const found = await findQueue(this.#api, name, signal);
    if (found === undefined) return undefined;
    const metrics = await unlessGone(
      this.#api.call<{ readonly backlog_count?: number }>(
        "GET",
        `/queues/${found.queue_id}/metrics`,
        { signal },
      ),
      ...QUEUE_GONE,
    );
    const part = partOf(found, context);
    const holds = holdsOf(metrics?.backlog_count ?? 0);
    return holds === undefined ? part : { ...part, holds };
  }

  diff(config: QueueConfig, remote: QueuePart): readonly Change[] {
    const { pausedAtFirst, ...wanted } = config;
    return settingChanges(wanted, remote.settings);
  }

  /** Paused in the same call, where it begins so: nothing is delivered in between. */
  async create(context: PartContext<QueueConfig>, config: QueueConfig): Promise<QueuePart> {
    const { name, signal } = context;
    const body = {
      queue_name: name,
      settings: {
        ...settingsOf(config),
        ...(config.pausedAtFirst ? { delivery_paused: true } : {}),
      },
    };
    return partOf(await this.#api.call<FoundQueue>("POST", "/queues", { body, signal }), context);
  }

  /** PATCH leaves a pause as it is. */
  async update(
    context: PartContext<QueueConfig>,
    config: QueueConfig,
    remote: QueuePart,
  ): Promise<QueuePart> {
    const { signal } = context;
    const body = { settings: settingsOf(config) };
    const path = `/queues/${remote.attributes.id}`;
    return partOf(await this.#api.call<FoundQueue>("PATCH", path, { body, signal }), context);
  }

  async delete({ signal }: PartContext<QueueConfig>, remote: QueuePart): Promise<void> {
    const path = `/queues/${remote.attributes.id}`;
    await unlessGone(this.#api.call("DELETE", path, { signal }), ...QUEUE_GONE);
  }
}

function holdsOf(count: number): string | undefined {
  if (count === 0) return undefined;
  return count === 1 ? "about 1 message" : `about ${count.toLocaleString("en-US")} messages`;
}

function settingsOf({ messageRetentionPeriod, deliveryDelay }: QueueConfig) {
  return { message_retention_period: messageRetentionPeriod, delivery_delay: deliveryDelay };
}

function partOf(found: FoundQueue, context: PartContext<QueueConfig>): QueuePart {
  const { queue_id: id, queue_name: name, settings } = found;
  return {
    id,
    owner: queueOwner(context),
    attributes: { id, name },
    settings: {
      messageRetentionPeriod: settings?.message_retention_period,
      deliveryDelay: settings?.delivery_delay ?? 0,
    },
  };
}
