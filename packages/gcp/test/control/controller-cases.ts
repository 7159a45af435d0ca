import { join, type Part, type Place, ref } from "@alienplatform/deploy";
import type { ControllerCase } from "@alienplatform/deploy/conformance";
import type { GcpPart, TypedPart } from "../../src/gcp-part.ts";
import { databaseName } from "../../src/names.ts";
import { artifactOf, servers } from "./controller-world.ts";

const PROJECT = "shop-prod";
const REGION = "europe-west1";
const named = ({ stack, stage }: Place, id: string) => `${stack}-${stage}-${id}`;
const topicPath = (place: Place, id: string) => `projects/${PROJECT}/topics/${named(place, id)}`;
const emailOf = (place: Place, id: string) =>
  `${named(place, id)}@${PROJECT}.iam.gserviceaccount.com`;

/** Of a queue. */
export function topic(place: Place, id: string): TypedPart<"pubsub-topic"> {
  return {
    id: `queue/${id}/topic`,
    type: "pubsub-topic",
    name: named(place, id),
    resource: id,
    config: { allowedPersistenceRegions: [REGION] },
    known: { path: topicPath(place, id) },
  };
}

/** The account of a function. */
export function account(place: Place, id: string): TypedPart<"service-account"> {
  return {
    id: `function/${id}/account`,
    type: "service-account",
    name: named(place, id),
    resource: id,
    config: { displayName: `function ${id}` },
    known: { email: emailOf(place, id) },
  };
}

function subscription(place: Place, more: object = {}): GcpPart {
  return {
    id: "queue/tasks",
    type: "pubsub-subscription",
    name: named(place, "tasks"),
    resource: "tasks",
    config: {
      topic: ref("queue/tasks/topic", "path"),
      enableMessageOrdering: false,
      ackDeadlineSeconds: 60,
      messageRetentionDuration: 345_600,
      expires: false,
      pausedAtFirst: false,
      ...more,
    },
    known: { path: `projects/${PROJECT}/subscriptions/${named(place, "tasks")}` },
  };
}

const pushTo = (id: string) => ({
  endpoint: `https://${id}-1.europe-west1.run.app/`,
  audience: `https://${id}-1.europe-west1.run.app`,
  serviceAccount: ref("function/push/account", "email"),
});

function bucket(place: Place): TypedPart<"storage-bucket"> {
  const name = named(place, "code");
  return {
    id: "code",
    type: "storage-bucket",
    name,
    resource: "worker",
    config: {
      location: REGION,
      uniformBucketLevelAccess: true,
      publicAccessPrevention: "enforced",
      softDelete: 0,
    },
    known: { name },
  };
}

function cloudFunction(place: Place): TypedPart<"cloud-function"> {
  const name = named(place, "worker");
  return {
    id: "function/worker",
    type: "cloud-function",
    name,
    resource: "worker",
    config: {
      description: "The function worker.",
      runtime: "nodejs22",
      entryPoint: "default",
      bucket: ref("code", "name"),
      code: artifactOf("one"),
      serviceAccount: ref("function/worker/account", "email"),
      availableMemory: "512Mi",
      availableCpu: "1",
      timeoutSeconds: 60,
      maxInstanceCount: 100,
      maxInstanceRequestConcurrency: 10,
      ingressSettings: "ALLOW_ALL",
      environment: { LEVEL: "info" },
    },
    known: { name, url: `https://${name}-123456789012.${REGION}.run.app` },
  };
}

function secret(place: Place, firstValue: "none" | "random"): GcpPart {
  const name = named(place, "TOKEN");
  return {
    id: "secret/TOKEN",
    type: "secret",
    name,
    resource: "worker",
    config: { location: REGION, firstValue },
    known: { path: `projects/${PROJECT}/secrets/${name}` },
  };
}

function database(place: Place): TypedPart<"firestore-database"> {
  const name = databaseName(place);
  return {
    id: "state",
    type: "firestore-database",
    name,
    resource: "tasks",
    config: {
      locationId: REGION,
      type: "FIRESTORE_NATIVE",
      deleteProtectionState: "DELETE_PROTECTION_DISABLED",
      timeToLive: "removedFrom",
      indexed: false,
    },
    known: { path: `projects/${PROJECT}/databases/${name}` },
  };
}

/** A right of an account on one part, and what that part needs before it. */
function grantCase(
  name: string,
  api: "pubsub" | "secretmanager",
  on: string,
  role: string,
  before: (place: Place) => readonly GcpPart[],
): ControllerCase {
  const more = api === "pubsub" ? "roles/pubsub.viewer" : "roles/secretmanager.secretAccessor";
  return {
    name,
    parts: (place) => [
      ...before(place),
      account(place, "worker"),
      {
        id: "grant",
        type: "iam-grant",
        name: `worker on ${on}`,
        resource: "worker",
        config: {
          api,
          resource: ref(on, "path"),
          member: join("serviceAccount:", ref("function/worker/account", "email")),
          roles: [role],
        },
      },
    ],
    settings: { roles: { roles: [role, more] } },
    unlisted: "a grant bears no labels: it is whose the resource is",
  };
}

const functionParts = (place: Place): readonly GcpPart[] => [
  account(place, "worker"),
  account(place, "other"),
  bucket(place),
  cloudFunction(place),
];

/** A case for each type of part. */
export const controllerCases: readonly ControllerCase[] = [
  {
    name: "pubsub-topic",
    parts: (place) => [topic(place, "tasks")],
    settings: {
      allowedPersistenceRegions: { allowedPersistenceRegions: [REGION, "europe-west4"] },
    },
  },
  {
    name: "pubsub-subscription",
    parts: (place) => [
      topic(place, "tasks"),
      topic(place, "other"),
      account(place, "push"),
      subscription(place),
    ],
    settings: {
      ackDeadlineSeconds: { ackDeadlineSeconds: 600 },
      messageRetentionDuration: { messageRetentionDuration: 2_678_400 },
      retryPolicy: { retryPolicy: { minimumBackoff: 0.25, maximumBackoff: 300 } },
      deadLetterPolicy: {
        deadLetterPolicy: {
          deadLetterTopic: ref("queue/other/topic", "path"),
          maxDeliveryAttempts: 100,
        },
      },
      push: { push: pushTo("worker") },
    },
    replacing: {
      topic: { topic: ref("queue/other/topic", "path") },
      enableMessageOrdering: { enableMessageOrdering: true },
    },
    fill: fillSubscription,
  },
  {
    name: "pubsub-subscription, pushing",
    parts: (place) => [
      topic(place, "tasks"),
      account(place, "push"),
      subscription(place, {
        push: pushTo("worker"),
        retryPolicy: { minimumBackoff: 1, maximumBackoff: 600 },
      }),
    ],
    settings: {
      push: { push: pushTo("another") },
      pull: { push: undefined },
      retryPolicy: { retryPolicy: undefined },
    },
    fill: fillSubscription,
  },
  {
    name: "service-account",
    parts: (place) => [account(place, "worker")],
    settings: { displayName: { displayName: "another" } },
  },
  grantCase("iam-grant", "pubsub", "queue/tasks/topic", "roles/pubsub.publisher", (place) => [
    topic(place, "tasks"),
  ]),
  grantCase(
    "iam-grant on a secret",
    "secretmanager",
    "secret/TOKEN",
    "roles/secretmanager.viewer",
    (place) => [secret(place, "none")],
  ),
  grantCase(
    "iam-grant on a subscription",
    "pubsub",
    "queue/tasks",
    "roles/pubsub.subscriber",
    (place) => [topic(place, "tasks"), subscription(place)],
  ),
  {
    name: "storage-bucket",
    parts: (place) => [bucket(place)],
    settings: { softDelete: { softDelete: 604_800 } },
    replacing: { location: { location: "us-central1" } },
  },
  {
    name: "cloud-function",
    parts: functionParts,
    settings: {
      description: { description: "another" },
      runtime: { runtime: "nodejs24" },
      entryPoint: { entryPoint: "other" },
      code: { code: artifactOf("two") },
      serviceAccount: { serviceAccount: ref("function/other/account", "email") },
      availableMemory: { availableMemory: "1024Mi" },
      availableCpu: { availableCpu: "2" },
      timeoutSeconds: { timeoutSeconds: 90 },
      maxInstanceCount: { maxInstanceCount: 3 },
      maxInstanceRequestConcurrency: { maxInstanceRequestConcurrency: 1 },
      ingressSettings: { ingressSettings: "ALLOW_INTERNAL_ONLY" },
      environment: { environment: { LEVEL: "debug", MORE: "1" } },
    },
  },
  {
    name: "run-invokers",
    parts: (place) => [
      ...functionParts(place),
      {
        id: "function/worker/invokers",
        type: "run-invokers",
        name: named(place, "worker"),
        resource: "worker",
        config: {
          service: ref("function/worker", "name"),
          members: [join("serviceAccount:", ref("function/other/account", "email"))],
        },
        known: { url: `https://${named(place, "worker")}-123456789012.${REGION}.run.app` },
      },
    ],
    settings: { members: { members: ["allUsers"] } },
    unlisted: "who may call bears no labels: it is whose the function is",
  },
  {
    name: "firestore-database",
    parts: (place) => [database(place)],
    settings: {
      timeToLive: { timeToLive: "other" },
      indexed: { indexed: true },
    },
    replacing: { locationId: { locationId: "us-central1" } },
    unlisted: "a database has no labels, and its name alone says whose it is",
  },
  {
    name: "database-grant",
    parts: (place) => [
      database(place),
      account(place, "worker"),
      {
        id: "grant",
        type: "database-grant",
        name: "worker on state",
        resource: "worker",
        config: {
          database: ref("state", "path"),
          member: join("serviceAccount:", ref("function/worker/account", "email")),
          roles: ["roles/datastore.user"],
        },
      },
    ],
    settings: { roles: { roles: ["roles/datastore.user", "roles/datastore.viewer"] } },
    unlisted: "a grant bears no labels: it is whose the database is",
  },
  ...(["none", "random"] as const).map(
    (firstValue): ControllerCase => ({
      name: `secret, ${firstValue}`,
      parts: (place) => [secret(place, firstValue)],
      settings: {},
      replacing: { location: { location: "us-central1" } },
      fill: setSecret,
    }),
  ),
];

/** Cloud Monitoring tells of messages that nobody has acknowledged. */
async function fillSubscription(world: { readonly cloud: object }): Promise<void> {
  const server = servers.get(world.cloud);
  if (server !== undefined) server.world.backlog = () => 12;
}

/** A job has ended a while ago, and its record is kept for ever. */
/** As `alien secret set` does. */
async function setSecret(world: { readonly cloud: object }, { name }: Part): Promise<void> {
  const path = `projects/${PROJECT}/secrets/${name}`;
  servers.get(world.cloud)?.world.secrets.get(path)?.versions.push("czNjcmV0");
}
