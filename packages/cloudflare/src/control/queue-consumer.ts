import {
  type Change,
  type Controller,
  isUnknown,
  type PartContext,
  type RemotePart,
  type Settings,
  settingChanges,
} from "@alienplatform/deploy";
import type { AccountApi } from "../api-client.ts";
import type { QueueConsumerConfig } from "../part-configs.ts";
import { queueOwner } from "./find-queue.ts";
import { QUEUE_GONE, unlessGone } from "./unless-gone.ts";

/** A consumer as Cloudflare has it. Its id is Cloudflare's; it bears no marks, and is whose its queue is. */
export interface QueueConsumerPart extends RemotePart {
  readonly settings: Settings;
}

/** "Consumer not found", as the API of queues says it. */
const GONE = [...QUEUE_GONE, 11_006, 404] as const;

const REPLACES = {
  queueId: "a consumer is of one queue for good",
  type: "a consumer that is pushed to cannot become one that pulls, nor the other way round",
};

/** Makes what takes the messages of queues. A queue has one consumer, so whichever it has is this part. */
export class QueueConsumerController implements Controller<QueueConsumerConfig, QueueConsumerPart> {
  readonly api = "queues";
  readonly #api: AccountApi;

  constructor(api: AccountApi) {
    this.#api = api;
  }

  async read(context: PartContext<QueueConsumerConfig>): Promise<QueueConsumerPart | undefined> {
    const { config, signal } = context;
    // The queue is to be made.
    if (isUnknown(config.queueId)) return undefined;
    const found = await unlessGone(
      this.#api.list<FoundConsumer>(`/queues/${config.queueId}/consumers`, { signal }),
      ...QUEUE_GONE,
    );
    const [first] = found ?? [];
    return first && partOf(first, config.queueId, context);
  }

  diff(config: QueueConsumerConfig, remote: QueueConsumerPart): readonly Change[] {
    return settingChanges(config, remote.settings, REPLACES);
  }

  async create(
    context: PartContext<QueueConsumerConfig>,
    config: QueueConsumerConfig,
  ): Promise<QueueConsumerPart> {
    const path = `/queues/${config.queueId}/consumers`;
    const { signal } = context;
    const made = await this.#api.call<FoundConsumer>("POST", path, {
      body: requestOf(config),
      signal,
    });
    return partOf(made, config.queueId, context);
  }

  /** In place, also where another Worker takes over: no message is without a consumer in between. */
  async update(
    context: PartContext<QueueConsumerConfig>,
    config: QueueConsumerConfig,
    remote: QueueConsumerPart,
  ): Promise<QueueConsumerPart> {
    const path = `/queues/${config.queueId}/consumers/${remote.id}`;
    const { signal } = context;
    const made = await this.#api.call<FoundConsumer>("PUT", path, {
      body: requestOf(config),
      signal,
    });
    return partOf(made, config.queueId, context);
  }

  async delete(
    { signal }: PartContext<QueueConsumerConfig>,
    { id, settings }: QueueConsumerPart,
  ): Promise<void> {
    const path = `/queues/${settings.queueId}/consumers/${id}`;
    await unlessGone(this.#api.call("DELETE", path, { signal }), ...GONE);
  }
}

/** https://developers.cloudflare.com/api/resources/queues/subresources/consumers/ */
interface FoundConsumer {
  readonly consumer_id: string;
  readonly type: "worker" | "http_pull";
  readonly script_name?: string;
  /** Where the API's own page says `script_name`. */
  readonly script?: string;
  readonly service?: string;
  readonly dead_letter_queue?: string;
  readonly settings?: {
    readonly batch_size?: number;
    readonly max_concurrency?: number | null;
    readonly max_retries?: number;
    readonly max_wait_time_ms?: number;
    readonly retry_delay?: number;
    readonly visibility_timeout_ms?: number;
  };
}

function requestOf(config: QueueConsumerConfig) {
  const { type, deadLetterQueue, batchSize, maxRetries, retryDelay } = config;
  const both = { batch_size: batchSize, max_retries: maxRetries, retry_delay: retryDelay };
  const dead = deadLetterQueue === undefined ? {} : { dead_letter_queue: deadLetterQueue };
  if (type === "http_pull") {
    const settings = { ...both, visibility_timeout_ms: config.visibilityTimeoutMs };
    return { type, ...dead, settings };
  }
  const { scriptName: script_name, maxWaitTimeMs, maxConcurrency } = config;
  const settings = {
    ...both,
    max_wait_time_ms: maxWaitTimeMs,
    ...(maxConcurrency === undefined ? {} : { max_concurrency: maxConcurrency }),
  };
  return { type, script_name, ...dead, settings };
}

function partOf(
  found: FoundConsumer,
  queueId: string,
  context: PartContext<unknown>,
): QueueConsumerPart {
  const { consumer_id: id, type, settings = {}, dead_letter_queue } = found;
  const common = {
    queueId,
    type,
    ...(dead_letter_queue === undefined || dead_letter_queue === ""
      ? {}
      : { deadLetterQueue: dead_letter_queue }),
    batchSize: settings.batch_size,
    maxRetries: settings.max_retries,
    retryDelay: settings.retry_delay ?? 0,
  };
  const { max_concurrency: maxConcurrency } = settings;
  const own =
    type === "worker"
      ? {
          scriptName: found.script_name ?? found.script ?? found.service,
          maxWaitTimeMs: settings.max_wait_time_ms,
          // Null is Cloudflare's word for as many as it finds right.
          ...(typeof maxConcurrency === "number" ? { maxConcurrency } : {}),
        }
      : { visibilityTimeoutMs: settings.visibility_timeout_ms };
  return { id, owner: queueOwner(context), attributes: { id }, settings: { ...common, ...own } };
}
