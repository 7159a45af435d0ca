import type { Cloud, Controller } from "@alienplatform/deploy";
import { CloudFunctionController } from "./control/cloud-function.ts";
import { DatabaseGrantController } from "./control/database-grant.ts";
import { DelayedMessages } from "./control/delayed-messages.ts";
import { FirestoreDatabaseController } from "./control/firestore-database.ts";
import { IamGrantController } from "./control/iam-grant.ts";
import { PubSubSubscriptionController } from "./control/pubsub-subscription.ts";
import { PubSubTopicController } from "./control/pubsub-topic.ts";
import { RunInvokersController } from "./control/run-invokers.ts";
import { SecretController } from "./control/secret.ts";
import { ServiceAccountController } from "./control/service-account.ts";
import { StorageBucketController } from "./control/storage-bucket.ts";
import { TasksQueueController } from "./control/tasks-queue.ts";
import { deployError } from "./deploy-errors.ts";
import type { GcpPlace } from "./gcp-place.ts";
import type { GoogleClient } from "./google-client.ts";
import { ownedBy } from "./owned.ts";
import type { PartConfigs } from "./part-configs.ts";
import { GcpStageOperator } from "./stage-operator.ts";

/**
 * Calls at once, by API. Google counts calls a minute instead: functions take 60 that change something
 * (https://cloud.google.com/functions/quotas), IAM some 600 writes; what is refused all the same is tried again.
 */
const LIMITS = {
  pubsub: 20,
  cloudfunctions: 20,
  iam: 5,
  "iam-policies": 10,
  secretmanager: 10,
  storage: 10,
  firestore: 5,
  cloudtasks: 5,
} as const;

/** What deploying to a place on Google Cloud goes through. */
export function gcpCloud(google: GoogleClient, at: GcpPlace): Cloud {
  const { stack, stage, ...settings } = at;
  return {
    place: { platform: "gcp", stack, stage, settings },
    controllers: controllersOf(google, at),
    limits: LIMITS,
    translate: deployError,
    owned: (owner, signal) => ownedBy(owner, at, google, signal),
    operator: new GcpStageOperator(google, at),
    async close() {
      // Node's fetch keeps its own connections, and lets the process end.
    },
  };
}

/** One controller for each type of part. */
function controllersOf(
  google: GoogleClient,
  at: GcpPlace,
): Readonly<Record<keyof PartConfigs, Controller>> {
  return {
    "pubsub-topic": new PubSubTopicController(google, at.project, new DelayedMessages(google, at)),
    "pubsub-subscription": new PubSubSubscriptionController(google, at.project),
    "service-account": new ServiceAccountController(google, at),
    "iam-grant": new IamGrantController(google),
    "storage-bucket": new StorageBucketController(google, at.project),
    "cloud-function": new CloudFunctionController(google, at),
    "run-invokers": new RunInvokersController(google, at),
    secret: new SecretController(google, at.project),
    "firestore-database": new FirestoreDatabaseController(google, at.project),
    "database-grant": new DatabaseGrantController(google),
    "tasks-queue": new TasksQueueController(google, at.project),
  };
}
