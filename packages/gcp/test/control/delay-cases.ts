import { join, type Place, ref } from "@alienplatform/deploy";
import type { ControllerCase } from "@alienplatform/deploy/conformance";
import type { TypedPart } from "../../src/gcp-part.ts";
import { delaysName } from "../../src/names.ts";
import { account, topic } from "./controller-cases.ts";
import { servers } from "./controller-world.ts";

const PROJECT = "shop-prod";
const REGION = "europe-west1";

function delays(place: Place): TypedPart<"tasks-queue"> {
  return {
    id: "delays",
    type: "tasks-queue",
    name: delaysName(place),
    resource: "tasks",
    config: {
      location: REGION,
      maxDispatchesPerSecond: 500,
      maxConcurrentDispatches: 1_000,
      maxAttempts: -1,
      minBackoff: 1,
      maxBackoff: 300,
      maxDoublings: 8,
    },
  };
}

/** Cases of what delayed messages need. */
export const delayCases: readonly ControllerCase[] = [
  {
    name: "tasks-queue",
    parts: (place) => [delays(place)],
    settings: {
      maxDispatchesPerSecond: { maxDispatchesPerSecond: 250 },
      maxConcurrentDispatches: { maxConcurrentDispatches: 50 },
      maxAttempts: { maxAttempts: 7 },
      minBackoff: { minBackoff: 0.5 },
      maxBackoff: { maxBackoff: 3_600 },
      maxDoublings: { maxDoublings: 3 },
    },
    replacing: { location: { location: "us-central1" } },
    unlisted: "a queue of Cloud Tasks has no labels, and its name alone says whose it is",
  },
  {
    name: "pubsub-topic with delayed messages",
    parts: (place) => [delays(place), { ...topic(place, "tasks"), after: ["delays"] }],
    settings: {
      allowedPersistenceRegions: { allowedPersistenceRegions: [REGION, "europe-west4"] },
    },
    fill: delayOne,
  },
  {
    name: "iam-grant on a queue of Cloud Tasks",
    parts: (place) => [
      delays(place),
      account(place, "worker"),
      {
        id: "grant",
        type: "iam-grant",
        name: "worker on delays",
        resource: "worker",
        config: {
          api: "cloudtasks",
          resource: ref("delays", "path"),
          member: join("serviceAccount:", ref("function/worker/account", "email")),
          roles: ["roles/cloudtasks.enqueuer"],
        },
      },
    ],
    settings: { roles: { roles: ["roles/cloudtasks.enqueuer", "roles/cloudtasks.viewer"] } },
    unlisted: "a grant bears no labels: it is whose the queue is",
  },
  {
    name: "iam-grant on a service account",
    parts: (place) => [
      account(place, "delays"),
      account(place, "worker"),
      {
        id: "grant",
        type: "iam-grant",
        name: "worker on the delays' account",
        resource: "worker",
        config: {
          api: "iam",
          resource: join(
            `projects/${PROJECT}/serviceAccounts/`,
            ref("function/delays/account", "email"),
          ),
          member: join("serviceAccount:", ref("function/worker/account", "email")),
          roles: ["roles/iam.serviceAccountUser"],
        },
      },
    ],
    settings: {},
    unlisted: "a grant's own owner is that of the account",
  },
];

/** Somebody has sent a message with a delay. */
async function delayOne(world: { readonly cloud: object }): Promise<void> {
  const server = servers.get(world.cloud);
  const [queue] = server?.world.taskQueues.keys() ?? [];
  const [path] = server?.world.topics.keys() ?? [];
  const url = `https://pubsub.googleapis.com/v1/${path}:publish`;
  const name = `${queue}/tasks/1`;
  server?.world.tasks.set(name, { name, httpRequest: { url } });
}
