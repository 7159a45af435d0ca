import type { ExportedFile } from "@alienplatform/deploy";
import type { CloudflarePlace } from "../cloudflare-place.ts";
import { CODE } from "../control/worker-upload.ts";
import type { CloudflareLowered } from "../lower.ts";
import type {
  QueueConfig,
  QueueConsumerConfig,
  WorkerConfig,
  WorkerConsumer,
} from "../part-configs.ts";
import { databaseSteps, schemaFiles } from "./schema-file.ts";
import { type TomlTable, toToml } from "./toml.ts";
import { type WrittenPart, writtenParts } from "./written-parts.ts";

/**
 * The parts as configurations of wrangler: a folder for each Worker, with its wrangler.toml and its bundle. Queues, what
 * pulls and secrets wrangler makes by commands, which are the steps; as are the Workers, at the end.
 */
export function wrangler(
  { parts }: CloudflareLowered,
  place: CloudflarePlace,
): Omit<ExportedFile, "name" | "text"> & { readonly files: Readonly<Record<string, string>> } {
  // Ids of queues and databases are in no file: wrangler knows them by their names.
  const all = writtenParts(parts, {
    escape: (text) => text,
    expression: (part, attribute) => part.known?.[attribute] ?? part.name,
  });
  const workers = all.filter((each) => each.type === "worker");
  const consumers = all.filter((each) => each.type === "queue-consumer");
  const urls = all.filter((each) => each.type === "worker-url");
  const files = workers.map(({ part, name, config }) => {
    const own = consumers.flatMap(({ config: each }) =>
      each.type === "worker" && each.scriptName === name ? [each] : [],
    );
    const served = urls.some((each) => each.name === name);
    return [
      `${part.resource}/wrangler.toml`,
      fileOf(name, config, { place, own, served }),
    ] as const;
  });
  return {
    files: Object.fromEntries(workers.length === 0 ? [] : [...files, ...schemaFiles(all)]),
    unpacked: workers.map(({ part, config }) => ({
      sha256: config.code.sha256,
      folder: part.resource,
    })),
    next: [
      ...all.flatMap(queueSteps),
      ...all.flatMap(databaseSteps),
      ...workers.map(({ part }) => `npx wrangler deploy -c ${part.resource}/wrangler.toml`),
      ...all.flatMap((each) => secretSteps(each, workers)),
    ],
  };
}

interface About {
  readonly place: CloudflarePlace;
  readonly own: readonly WorkerConsumer[];
  readonly served: boolean;
}

/** https://developers.cloudflare.com/workers/wrangler/configuration/ */
function fileOf(name: string, config: WorkerConfig, { place, own, served }: About): string {
  const { mainModule, queues, databases, environment, code } = config;
  const tables: readonly TomlTable[] = [
    {
      values: {
        name,
        main: mainModule,
        account_id: place.account,
        compatibility_date: config.compatibilityDate,
        compatibility_flags: config.compatibilityFlags,
        // It is bundled already.
        no_bundle: true,
        upload_source_maps: true,
        workers_dev: served,
        preview_urls: false,
      },
    },
    { name: "observability", values: { enabled: config.observability } },
    { name: "vars", values: { ...environment, [CODE]: code.sha256 } },
    ...Object.entries(queues).map(([binding, queue]) => ({
      name: "queues.producers",
      repeated: true,
      values: { binding, queue },
    })),
    // Deploy finds it by its name: https://developers.cloudflare.com/workers/wrangler/configuration/#automatic-provisioning
    ...Object.entries(databases).map(([binding, database_name]) => ({
      name: "d1_databases",
      repeated: true,
      values: { binding, database_name },
    })),
    ...own.map((consumer) => ({
      name: "queues.consumers",
      repeated: true,
      values: consumerValues(consumer),
    })),
  ];
  return toToml(tables);
}

/** https://developers.cloudflare.com/queues/configuration/configure-queues/#consumer-worker-configuration */
function consumerValues(consumer: WorkerConsumer): TomlTable["values"] {
  const { queueId, deadLetterQueue, batchSize, maxWaitTimeMs, maxRetries, retryDelay } = consumer;
  return {
    queue: queueId,
    max_batch_size: batchSize,
    max_batch_timeout: Math.ceil(maxWaitTimeMs / 1_000),
    max_retries: maxRetries,
    dead_letter_queue: deadLetterQueue,
    retry_delay: retryDelay,
    ...(consumer.maxConcurrency === undefined ? {} : { max_concurrency: consumer.maxConcurrency }),
  };
}

/** https://developers.cloudflare.com/queues/reference/wrangler-commands/ */
function queueSteps({ type, name, config }: WrittenPart): readonly string[] {
  if (type === "queue") return queueStep(name, config);
  return type === "queue-consumer" ? pullStep(config) : [];
}

function queueStep(name: string, config: QueueConfig): readonly string[] {
  const { messageRetentionPeriod, pausedAtFirst } = config;
  return [
    `npx wrangler queues create ${name} --message-retention-period-secs ${messageRetentionPeriod}`,
    ...(pausedAtFirst ? [`npx wrangler queues pause-delivery ${name}`] : []),
  ];
}

function pullStep(config: QueueConsumerConfig): readonly string[] {
  if (config.type === "worker") return [];
  const { queueId, deadLetterQueue, batchSize, maxRetries, visibilityTimeoutMs } = config;
  const options = [
    `--batch-size ${batchSize}`,
    `--message-retries ${maxRetries}`,
    `--visibility-timeout-secs ${Math.ceil(visibilityTimeoutMs / 1_000)}`,
    ...(deadLetterQueue === undefined ? [] : [`--dead-letter-queue ${deadLetterQueue}`]),
  ];
  return [`npx wrangler queues consumer http add ${queueId} ${options.join(" ")}`];
}

function secretSteps(
  written: WrittenPart,
  workers: readonly Extract<WrittenPart, { type: "worker" }>[],
): readonly string[] {
  if (written.type !== "worker-secret") return [];
  const { variable, scripts } = written.config;
  return workers
    .filter(({ name }) => scripts.includes(name))
    .map(({ part }) => `npx wrangler secret put ${variable} -c ${part.resource}/wrangler.toml`);
}
