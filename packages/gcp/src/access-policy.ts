import type { QueueBinding } from "@alienplatform/bindings";
import type { Right } from "@alienplatform/core";
import type { Json, Place } from "@alienplatform/deploy";
import { readAddress } from "./address.ts";
import { readTasksAddress } from "./delays/tasks-address.ts";
import { QUEUE_ROLES } from "./function/rights.ts";
import { gcpPlace } from "./gcp-place.ts";
import { databaseCondition, TABLE_ROLES } from "./table/rights.ts";
import { readTableAddress } from "./table/table-address.ts";

/**
 * What a process of one's own has to be allowed, for these rights on the queues of these bindings: roles on single topics
 * and subscriptions, each given by `gcloud pubsub topics | subscriptions add-iam-policy-binding`, on the stage's queue of
 * Cloud Tasks and its account by `gcloud tasks queues | iam service-accounts add-iam-policy-binding`, and one on the project,
 * held to the stage's database by a condition, by `gcloud projects add-iam-policy-binding --condition`.
 */
export function accessPolicy(
  place: Place,
  bindings: Readonly<Record<string, Json>>,
  rights: readonly Right[],
): Json {
  const { project } = gcpPlace(place);
  // Deploy wrote them, in this shape.
  const queues = Object.values(bindings) as unknown as readonly QueueBinding[];
  const roles = new Map<string, Set<string>>();
  const grant = (resource: string, given: readonly string[]) => {
    const known = roles.get(resource) ?? new Set();
    roles.set(resource, known);
    for (const role of given) known.add(role);
  };
  for (const right of rights) {
    for (const binding of queues) {
      const { topic, subscription, deadTopic, deadSubscription } = readAddress(binding);
      const given = QUEUE_ROLES[right];
      grant(`projects/${project}/topics/${topic}`, given.topic);
      const tasks = readTasksAddress(binding);
      if (tasks !== undefined && (binding.options?.fifo === undefined || !given.copies)) {
        grant(tasks.queue, given.delays);
        grant(`projects/${project}/serviceAccounts/${tasks.serviceAccount}`, given.delaysAccount);
      }
      grant(`projects/${project}/subscriptions/${subscription}`, given.subscription);
      // The dead letters that are in a declared queue are its messages.
      if (right === "operate" && binding.options?.deadLetters !== undefined) continue;
      grant(`projects/${project}/topics/${deadTopic}`, given.deadTopic);
      grant(`projects/${project}/subscriptions/${deadSubscription}`, given.deadSubscription);
    }
  }
  const tables = rights.length === 0 ? [] : queues.flatMap((each) => readTableAddress(each) ?? []);
  const databases = new Set(
    tables.map(({ database }) => `projects/${project}/databases/${database}`),
  );
  return [
    ...[...roles].flatMap(([resource, given]) =>
      given.size === 0 ? [] : [{ resource, roles: [...given].sort() }],
    ),
    // A database has no policy of its own.
    ...[...databases].map((database) => ({
      resource: `projects/${project}`,
      roles: TABLE_ROLES,
      condition: { ...databaseCondition(database) },
    })),
  ];
}
