import type { Right } from "@alienplatform/core";

/** What a function may do with a queue: as it is linked, or as its consumer. */
export type QueueRight = Right | "trigger";

/**
 * The roles of Azure's own that functions get, by their GUIDs:
 * https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
 */
export const ROLES = {
  "Azure Service Bus Data Sender": "69a216fc-b8fb-44d8-bc22-1f3c2cd27a39",
  "Azure Service Bus Data Receiver": "4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0",
  "Storage Blob Data Owner": "b7e6dc6d-f1e8-4753-8033-0f276bb0955b",
  "Storage Table Data Contributor": "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3",
  "Key Vault Secrets User": "4633458b-17de-408a-b874-0445c86b69e6",
  "Monitoring Metrics Publisher": "3913510d-42f4-4e42-8a64-420c390055eb",
} as const;

/** What Azure calls one of them. */
export type RoleName = keyof typeof ROLES;

export const SENDER: RoleName = "Azure Service Bus Data Sender";
export const RECEIVER: RoleName = "Azure Service Bus Data Receiver";
/** The host of a function app wants it on the app's storage. */
export const BLOB_OWNER: RoleName = "Storage Blob Data Owner";
/** On the stage's table, whatever may be done with a queue: it has no role for less, and each right writes there. */
export const TABLE_CONTRIBUTOR: RoleName = "Storage Table Data Contributor";
export const SECRETS_USER: RoleName = "Key Vault Secrets User";
/** It writes logs too. */
export const LOGS_PUBLISHER: RoleName = "Monitoring Metrics Publisher";

/** The roles of a right, by the queue that they are on. */
export interface QueueRoles {
  readonly queue: readonly RoleName[];
  /** On where its dead letters go. */
  readonly deadLetters: readonly RoleName[];
}

/** What each right is on Service Bus: the least that the calls of the run-time half need. */
export const QUEUE_ROLES: Readonly<Record<QueueRight, QueueRoles>> = {
  send: { queue: [SENDER], deadLetters: [] },
  // A retry that waits is a scheduled copy. What is dead-lettered by hand Service Bus moves itself.
  receive: { queue: [RECEIVER, SENDER], deadLetters: [] },
  // The host can return or throw, so here a dead letter is a copy too.
  trigger: { queue: [RECEIVER, SENDER], deadLetters: [SENDER] },
  // Redrive takes from the one and sends to the other; an edited or imported dead letter is sent.
  operate: { queue: [RECEIVER, SENDER], deadLetters: [RECEIVER, SENDER] },
};
