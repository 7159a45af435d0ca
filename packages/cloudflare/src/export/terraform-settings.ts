import type { Json } from "@alienplatform/deploy";
import { CODE } from "../control/worker-upload.ts";
import type { QueueConsumerConfig, WorkerConfig } from "../part-configs.ts";
import type { WrittenPart } from "./written-parts.ts";

type Settings = { readonly [key: string]: Json };

/** What a part is in the words of the provider: https://registry.terraform.io/providers/cloudflare/cloudflare/latest/docs */
export function terraformSettings(written: WrittenPart): Settings {
  const { type, name, config } = written;
  switch (type) {
    case "queue":
      return {
        queue_name: name,
        settings: {
          message_retention_period: config.messageRetentionPeriod,
          delivery_delay: config.deliveryDelay,
          delivery_paused: config.pausedAtFirst,
        },
        // A pause is the operators'.
        lifecycle: { ignore_changes: ["settings.delivery_paused"] },
      };
    case "d1-database":
      // Its tables are no resource: see the steps beside the file.
      return { name, read_replication: { mode: "disabled" } };
    case "queue-consumer":
      return consumerSettings(config);
    case "worker":
      return workerSettings(name, config, written.part.resource);
    case "worker-url":
      return { script_name: name, enabled: true, previews_enabled: config.previewsEnabled };
    case "worker-secret":
      return {};
  }
}

function consumerSettings(config: QueueConsumerConfig): Settings {
  const { queueId, type, deadLetterQueue, batchSize, maxRetries, retryDelay } = config;
  const common = {
    queue_id: queueId,
    type,
    ...(deadLetterQueue === undefined ? {} : { dead_letter_queue: deadLetterQueue }),
  };
  const settings = { batch_size: batchSize, max_retries: maxRetries, retry_delay: retryDelay };
  if (config.type === "http_pull") {
    const visibility_timeout_ms = config.visibilityTimeoutMs;
    return { ...common, settings: { ...settings, visibility_timeout_ms } };
  }
  const { scriptName: script_name, maxWaitTimeMs: max_wait_time_ms, maxConcurrency } = config;
  const bound = maxConcurrency === undefined ? {} : { max_concurrency: maxConcurrency };
  return { ...common, script_name, settings: { ...settings, max_wait_time_ms, ...bound } };
}

function workerSettings(name: string, config: WorkerConfig, folder: string): Settings {
  const { mainModule, queues, databases, environment, code } = config;
  const file = `\${path.module}/${folder}/${mainModule}`;
  const texts = { ...environment, [CODE]: code.sha256 };
  return {
    script_name: name,
    content_file: file,
    content_sha256: `\${filesha256("${file}")}`,
    main_module: mainModule,
    compatibility_date: config.compatibilityDate,
    compatibility_flags: config.compatibilityFlags,
    bindings: [
      ...Object.entries(queues).map(([binding, queue_name]) => ({
        ...{ type: "queue", name: binding, queue_name },
      })),
      ...Object.entries(databases).map(([binding, id]) => ({ type: "d1", name: binding, id })),
      ...Object.entries(texts).map(([variable, text]) => ({
        ...{ type: "plain_text", name: variable, text },
      })),
    ],
    // Their values are not Terraform's.
    keep_bindings: ["secret_text"],
    observability: { enabled: config.observability },
  };
}
