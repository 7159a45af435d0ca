import type { QueueResource } from "@alienplatform/core";
import {
  type Consumer,
  type Json,
  join,
  ref,
  secretPartId,
  secretsOf,
} from "@alienplatform/deploy";
import { DELAYS_ACCOUNT_PART, DELAYS_PART } from "../delays/part-ids.ts";
import { delaysAccountPath } from "../delays/parts.ts";
import type { TypedPart } from "../gcp-part.ts";
import type { GcpStack } from "../gcp-stack.ts";
import {
  accountName,
  deadLettersName,
  delaysAccountName,
  delaysName,
  queueName,
  secretName,
} from "../names.ts";
import type { GrantApi } from "../part-configs.ts";
import { deadLettersPartId, queuePartId, topicPartId } from "../queue/part-ids.ts";
import { accountPartId, functionPartId } from "./part-ids.ts";
import { QUEUE_ROLES, type QueueRight, SECRET_ROLES } from "./rights.ts";

interface Granted {
  readonly api: GrantApi;
  /** The part that it is on. */
  readonly on: string;
  /** "topics/shop-dev-tasks" */
  readonly path: string;
  /** Its path in full, where the part has no attribute of it. */
  readonly resource?: Json;
  readonly roles: readonly string[];
}

const RIGHTS: readonly QueueRight[] = ["trigger", "send", "receive", "operate"];

/** What a function may do: what its triggers, links and secrets need, on exactly those; one part for each thing. */
export function grantParts(consumer: Consumer, stack: GcpStack): readonly TypedPart<"iam-grant">[] {
  const account = accountName(stack.place, consumer.id);
  return granted(consumer, stack).map(({ api, on, path, resource, roles }) => ({
    id: grantPartId(consumer, on),
    type: "iam-grant",
    name: `${account} on ${path}`,
    resource: consumer.id,
    config: {
      api,
      resource: resource ?? ref(on, "path"),
      member: join("serviceAccount:", ref(accountPartId(consumer), "email")),
      roles,
    },
  }));
}

/** The addresses of these parts. */
export function functionGrantIds(consumer: Consumer, stack: GcpStack): readonly string[] {
  return granted(consumer, stack).map(({ on }) => grantPartId(consumer, on));
}

function grantPartId(consumer: Consumer, on: string): string {
  return `${functionPartId(consumer)}/may/${on}`;
}

function granted(consumer: Consumer, stack: GcpStack): readonly Granted[] {
  const found = new Map<string, Granted>();
  const add = (granting: Granted) => {
    if (granting.roles.length === 0) return;
    const roles = [...(found.get(granting.on)?.roles ?? []), ...granting.roles];
    found.set(granting.on, { ...granting, roles: [...new Set(roles)].sort() });
  };
  for (const right of RIGHTS) {
    for (const queue of queuesOf(right, consumer)) {
      for (const each of grantsOn(stack.queue(queue), right, stack)) add(each);
    }
  }
  for (const variable of secretsOf(consumer)) {
    const path = `secrets/${secretName(stack.place, variable)}`;
    add({ api: "secretmanager", on: secretPartId(variable), path, roles: SECRET_ROLES });
  }
  return [...found.values()];
}

function grantsOn(
  queue: QueueResource,
  right: QueueRight,
  { place }: GcpStack,
): readonly Granted[] {
  const { id, deadLetters, fifo } = queue;
  const { topic, subscription, deadTopic, deadSubscription, ...later } = QUEUE_ROLES[right];
  const isDelaying = fifo === undefined || !later.copies;
  const name = queueName(place, id);
  const dead =
    deadLetters === undefined ? deadLettersName(place, id) : queueName(place, deadLetters);
  const deadPart = deadLettersPartId(queue);
  const api = "pubsub";
  // The dead letters that are in a declared queue are its messages: who operates the one does not operate the other.
  const apart = right === "operate" && deadLetters !== undefined;
  return [
    { api, on: topicPartId(queuePartId(id)), path: `topics/${name}`, roles: topic },
    {
      api: "cloudtasks",
      on: DELAYS_PART,
      path: `queues/${delaysName(place)}`,
      roles: isDelaying ? later.delays : [],
    },
    {
      api: "iam",
      on: DELAYS_ACCOUNT_PART,
      path: `serviceAccounts/${delaysAccountName(place)}`,
      resource: delaysAccountPath(place),
      roles: isDelaying ? later.delaysAccount : [],
    },
    { api, on: queuePartId(id), path: `subscriptions/${name}`, roles: subscription },
    {
      api,
      on: topicPartId(deadPart),
      path: `topics/${dead}`,
      roles: apart ? [] : deadTopic,
    },
    { api, on: deadPart, path: `subscriptions/${dead}`, roles: apart ? [] : deadSubscription },
  ];
}

function queuesOf(right: QueueRight, consumer: Consumer): readonly string[] {
  if (right === "trigger") return consumer.triggers.map(({ queue }) => queue);
  const links = consumer.type === "function" ? consumer.links : [];
  return links.filter((link) => link.right === right).map(({ resource }) => resource);
}
