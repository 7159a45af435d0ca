import type { Link, QueueResource } from "@alienplatform/core";
import { type Consumer, ref, secretPartId, secretsOf } from "@alienplatform/deploy";
import type { TypedPart } from "../azure-part.ts";
import type { AzureStack } from "../azure-place.ts";
import { identityName } from "../names.ts";
import { deadLettersPartId, queuePartId } from "../queue/parts.ts";
import { LOGS } from "../stage-parts.ts";
import { TABLE } from "../table/parts.ts";
import {
  BLOB_OWNER,
  LOGS_PUBLISHER,
  QUEUE_ROLES,
  type QueueRight,
  type RoleName,
  SECRETS_USER,
  TABLE_CONTRIBUTOR,
} from "./rights.ts";

type RolePart = TypedPart<"role-assignment">;

/** One role on one part. */
interface Granted {
  /** The part that it is on. */
  readonly on: string;
  readonly role: RoleName;
  /** In the assignment's address. */
  readonly word: string;
}

const WORDS: Readonly<Record<RoleName, string>> = {
  "Azure Service Bus Data Sender": "send",
  "Azure Service Bus Data Receiver": "receive",
  "Storage Blob Data Owner": "packages",
  "Storage Table Data Contributor": "keep",
  "Key Vault Secrets User": "read",
  "Monitoring Metrics Publisher": "write",
};

/** What a function may do: what its triggers, links, secrets, logs and its host need, on exactly those. */
export function roleParts(
  consumer: Consumer,
  stack: AzureStack,
  functionPart: string,
): readonly RolePart[] {
  const identity = `${functionPart}/identity`;
  const needed: readonly { readonly on: string; readonly role: RoleName }[] = [
    { on: `${functionPart}/storage`, role: BLOB_OWNER },
    { on: LOGS, role: LOGS_PUBLISHER },
    ...secretsOf(consumer).map((variable) => ({ on: secretPartId(variable), role: SECRETS_USER })),
    ...onQueues(consumer, stack),
  ];
  const granted = new Map(
    needed.map(({ on, role }) => [`${on} ${role}`, { on, role, word: WORDS[role] }]),
  );
  return [...granted.values()].map((each) => part(each, consumer, stack, functionPart, identity));
}

function part(
  { on, role, word }: Granted,
  consumer: Consumer,
  { place }: AzureStack,
  functionPart: string,
  identity: string,
): RolePart {
  return {
    id: `${functionPart}/may/${word}/${on}`,
    type: "role-assignment",
    name: `${identityName(place, consumer.id)}/${word}/${on}`,
    resource: consumer.id,
    config: {
      scope: ref(on, "id"),
      role,
      principalId: ref(identity, "principalId"),
      principalType: "ServicePrincipal",
    },
  };
}

function onQueues(
  consumer: Consumer,
  stack: AzureStack,
): readonly { readonly on: string; readonly role: RoleName }[] {
  const links: readonly Link[] = consumer.type === "function" ? consumer.links : [];
  const used: readonly (readonly [QueueRight, string])[] = [
    ...consumer.triggers.map(({ queue }) => ["trigger", queue] as const),
    ...links.map(({ right, resource }) => [right, resource] as const),
  ];
  return [
    ...used.flatMap(([right, id]) => rolesOn(stack.queue(id), right)),
    ...(used.length === 0 ? [] : [{ on: TABLE, role: TABLE_CONTRIBUTOR }]),
  ];
}

/** The dead letters that are in a declared queue are its messages: who operates the one does not operate the other. */
function rolesOn(queue: QueueResource, right: QueueRight) {
  const roles = QUEUE_ROLES[right];
  const dead = right === "operate" && queue.deadLetters !== undefined ? [] : roles.deadLetters;
  return [
    ...roles.queue.map((role) => ({ on: queuePartId(queue.id), role })),
    ...dead.map((role) => ({ on: deadLettersPartId(queue), role })),
  ];
}
