import type { PartConfigs } from "./part-configs.ts";

/** By the type of part: the calls of its controller, and what these ask for beside their own permission. */
export const DEPLOYER_PERMISSIONS: Readonly<Record<keyof PartConfigs, readonly string[]>> = {
  "pubsub-topic": [
    // Whether something is delayed that would be lost.
    "cloudtasks.queues.list",
    "cloudtasks.tasks.list",
    "pubsub.topics.create",
    "pubsub.topics.delete",
    "pubsub.topics.get",
    "pubsub.topics.update",
  ],
  "pubsub-subscription": [
    // To push as the function's push account.
    "iam.serviceAccounts.actAs",
    "monitoring.timeSeries.list",
    "pubsub.subscriptions.create",
    "pubsub.subscriptions.delete",
    "pubsub.subscriptions.get",
    "pubsub.subscriptions.update",
    "pubsub.topics.attachSubscription",
  ],
  "service-account": [
    "iam.serviceAccounts.create",
    "iam.serviceAccounts.delete",
    "iam.serviceAccounts.get",
    "iam.serviceAccounts.update",
  ],
  "iam-grant": [
    "cloudtasks.queues.getIamPolicy",
    "cloudtasks.queues.setIamPolicy",
    "iam.serviceAccounts.getIamPolicy",
    "iam.serviceAccounts.setIamPolicy",
    "pubsub.subscriptions.getIamPolicy",
    "pubsub.subscriptions.setIamPolicy",
    "pubsub.topics.getIamPolicy",
    "pubsub.topics.setIamPolicy",
    "secretmanager.secrets.getIamPolicy",
    "secretmanager.secrets.setIamPolicy",
  ],
  "storage-bucket": [
    "storage.buckets.create",
    "storage.buckets.delete",
    "storage.buckets.get",
    "storage.buckets.update",
  ],
  "cloud-function": [
    "cloudfunctions.functions.create",
    "cloudfunctions.functions.delete",
    "cloudfunctions.functions.get",
    "cloudfunctions.functions.update",
    "cloudfunctions.operations.get",
    // To run as the function's account.
    "iam.serviceAccounts.actAs",
    "storage.objects.create",
    "storage.objects.delete",
    "storage.objects.list",
  ],
  "run-invokers": ["run.services.getIamPolicy", "run.services.setIamPolicy"],
  secret: [
    "secretmanager.secrets.create",
    "secretmanager.secrets.delete",
    "secretmanager.secrets.get",
    "secretmanager.secrets.update",
    "secretmanager.versions.add",
    "secretmanager.versions.list",
  ],
  "firestore-database": [
    "datastore.databases.create",
    "datastore.databases.delete",
    "datastore.databases.getMetadata",
    // Whether it holds what would be lost.
    "datastore.entities.get",
    "datastore.entities.list",
    "datastore.indexes.list",
    "datastore.indexes.update",
    "datastore.operations.get",
  ],
  "database-grant": [
    "resourcemanager.projects.getIamPolicy",
    "resourcemanager.projects.setIamPolicy",
  ],
  "tasks-queue": [
    "cloudtasks.queues.create",
    "cloudtasks.queues.delete",
    "cloudtasks.queues.get",
    "cloudtasks.queues.list",
    "cloudtasks.queues.update",
    // Whether it holds what would be lost.
    "cloudtasks.tasks.list",
  ],
};

/** What is asked of the whole project: who it is, what a stage has left in it, what its functions wrote. */
export const DEPLOYER_PERMISSIONS_ON_ALL: readonly string[] = [
  "cloudfunctions.functions.list",
  "cloudtasks.queues.list",
  "datastore.databases.list",
  "iam.serviceAccounts.list",
  "logging.logEntries.list",
  "pubsub.subscriptions.list",
  "pubsub.topics.list",
  "resourcemanager.projects.get",
  "secretmanager.secrets.list",
  "storage.buckets.list",
];

/** Where the state is in Cloud Storage, on its bucket: who writes over an object deletes the former. */
export const STATE_PERMISSIONS: readonly string[] = [
  "storage.objects.create",
  "storage.objects.delete",
  "storage.objects.get",
];
