import type { Cloud, Controller } from "@alienplatform/deploy";
import type { AccountApi } from "./api-client.ts";
import type { CloudflarePlace } from "./cloudflare-place.ts";
import { D1DatabaseController } from "./control/d1-database.ts";
import { QueueController } from "./control/queue.ts";
import { QueueConsumerController } from "./control/queue-consumer.ts";
import { WorkerController } from "./control/worker.ts";
import { WorkerSecretController } from "./control/worker-secret.ts";
import { WorkerUrlController } from "./control/worker-url.ts";
import { deployError } from "./deploy-errors.ts";
import { ownedBy } from "./owned.ts";
import type { PartConfigs } from "./part-configs.ts";
import { CloudflareStageOperator } from "./stage-operator.ts";

/**
 * Calls at once. Cloudflare counts calls of a token instead, 1,200 in five minutes
 * (https://developers.cloudflare.com/fundamentals/api/reference/limits/): what is throttled is tried again when it says.
 */
const LIMITS = { queues: 5, workers: 5, d1: 5 } as const;

/** What deploying to an account of Cloudflare goes through. */
export function cloudflareCloud(api: AccountApi, at: CloudflarePlace): Cloud {
  const { stack, stage, account } = at;
  return {
    place: { platform: "cloudflare", stack, stage, settings: { account } },
    controllers: controllersOf(api),
    limits: LIMITS,
    translate: deployError,
    owned: (owner, signal) => ownedBy(owner, api, signal),
    operator: new CloudflareStageOperator(api),
    async close() {
      // No request keeps anything open.
    },
  };
}

/** One controller for each type of part. */
function controllersOf(api: AccountApi): Readonly<Record<keyof PartConfigs, Controller>> {
  return {
    queue: new QueueController(api),
    "d1-database": new D1DatabaseController(api),
    worker: new WorkerController(api),
    "queue-consumer": new QueueConsumerController(api),
    "worker-url": new WorkerUrlController(api),
    "worker-secret": new WorkerSecretController(api),
  };
}
