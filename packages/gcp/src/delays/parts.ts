import type { QueueResource } from "@alienplatform/core";
import { type Json, join, ref } from "@alienplatform/deploy";
import type { GcpPart, TypedPart } from "../gcp-part.ts";
import type { GcpPlace } from "../gcp-place.ts";
import type { GcpStack } from "../gcp-stack.ts";
import { delaysAccountName, delaysName, emailOf, queueName } from "../names.ts";
import { queuePartId, topicPartId } from "../queue/part-ids.ts";
import { DELAYS_ACCOUNT_PART, DELAYS_PART } from "./part-ids.ts";
import { PUBLISHES } from "./rights.ts";

/** Both are the most that Google gives unless asked: https://cloud.google.com/tasks/docs/quotas */
const DISPATCHES_PER_SECOND = 500;
const CONCURRENT_DISPATCHES = 1_000;
/** Between two tries of a publish, in seconds; a task is kept for 31 days, whatever the number of tries. */
const LEAST_BACKOFF = 1;
const LONGEST_BACKOFF = 300;
const DOUBLINGS = 8;

/** Every stage with a queue has them: whether anything is delayed only a send says. */
export function delayParts(stack: GcpStack): readonly GcpPart[] {
  if (stack.queues().length === 0) return [];
  const { place } = stack;
  const account = delaysAccountName(place);
  return [
    {
      id: DELAYS_PART,
      type: "tasks-queue",
      name: delaysName(place),
      resource: place.stack,
      config: {
        location: place.region,
        maxDispatchesPerSecond: DISPATCHES_PER_SECOND,
        maxConcurrentDispatches: CONCURRENT_DISPATCHES,
        maxAttempts: -1,
        minBackoff: LEAST_BACKOFF,
        maxBackoff: LONGEST_BACKOFF,
        maxDoublings: DOUBLINGS,
      },
    },
    {
      id: DELAYS_ACCOUNT_PART,
      type: "service-account",
      name: account,
      resource: place.stack,
      config: {
        displayName: `Cloud Tasks to the queues of ${place.stack}, ${place.stage}`.slice(0, 100),
      },
      known: { email: emailOf(place, account) },
    },
  ];
}

/** That account publishes to the topic. */
export function delayGrantPart(
  { id }: Pick<QueueResource, "id">,
  { place }: GcpStack,
): TypedPart<"iam-grant"> {
  const on = topicPartId(queuePartId(id));
  return {
    id: `${on}/delays`,
    type: "iam-grant",
    name: `${delaysAccountName(place)} on topics/${queueName(place, id)}`,
    resource: id,
    config: {
      api: "pubsub",
      resource: ref(on, "path"),
      member: join("serviceAccount:", ref(DELAYS_ACCOUNT_PART, "email")),
      roles: PUBLISHES,
    },
  };
}

/** What `binding.address.tasks` says of it. */
export function loweredTasks({ place }: GcpStack): { readonly [key: string]: Json } {
  const { cloudtasks: endpoint } = place;
  return {
    queue: ref(DELAYS_PART, "path"),
    serviceAccount: emailOf(place, delaysAccountName(place)),
    ...(endpoint === undefined ? {} : { endpoint }),
  };
}

/** The resource of an account, as its policy is found: "projects/p/serviceAccounts/<email>". */
export function delaysAccountPath({ project }: Pick<GcpPlace, "project">): Json {
  return join(`projects/${project}/serviceAccounts/`, ref(DELAYS_ACCOUNT_PART, "email"));
}
