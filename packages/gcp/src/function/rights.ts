import type { Right } from "@alienplatform/core";
import { ACTS_AS, ENQUEUER, PURGERS } from "../delays/rights.ts";

/** What a function may do with a queue: as it is linked, or as its consumer. */
export type QueueRight = Right | "trigger";

/** The roles of a right, by what they are on. */
export interface QueueRoles {
  readonly topic: readonly string[];
  /** On the stage's queue of Cloud Tasks. */
  readonly delays: readonly string[];
  /** On the service account that delayed messages are published as. */
  readonly delaysAccount: readonly string[];
  /** Only copies are delayed, which a FIFO queue has none of: there these two roles are left out. */
  readonly copies: boolean;
  readonly subscription: readonly string[];
  /** Where its dead letters are published. */
  readonly deadTopic: readonly string[];
  /** What keeps its dead letters. */
  readonly deadSubscription: readonly string[];
}

const PUBLISHER = "roles/pubsub.publisher";
const SUBSCRIBER = "roles/pubsub.subscriber";

/** What each right is on Pub/Sub: the least of Google's roles that the calls of the run-time half need. */
export const QUEUE_ROLES: Readonly<Record<QueueRight, QueueRoles>> = {
  send: {
    topic: [PUBLISHER],
    delays: [ENQUEUER],
    delaysAccount: [ACTS_AS],
    copies: false,
    subscription: [],
    deadTopic: [],
    deadSubscription: [],
  },
  receive: {
    topic: [],
    // What is put off, and a retry that is later than the subscription can make it, are copies.
    delays: [ENQUEUER],
    delaysAccount: [ACTS_AS],
    copies: true,
    subscription: [SUBSCRIBER],
    // A dead letter is a copy.
    deadTopic: [PUBLISHER],
    deadSubscription: [],
  },
  trigger: {
    topic: [],
    delays: [ENQUEUER],
    delaysAccount: [ACTS_AS],
    copies: true,
    // What is pushed is settled by the answer.
    subscription: [],
    deadTopic: [PUBLISHER],
    deadSubscription: [],
  },
  operate: {
    // Redrive.
    topic: [PUBLISHER],
    // A purge of what is delayed.
    delays: PURGERS,
    delaysAccount: [],
    copies: false,
    // A purge of the rest is a seek.
    subscription: [SUBSCRIBER],
    // An edited or imported one is published.
    deadTopic: [PUBLISHER],
    // They are looked at by taking them on loan.
    deadSubscription: [SUBSCRIBER],
  },
};

/** To read the value of a secret. */
export const SECRET_ROLES: readonly string[] = ["roles/secretmanager.secretAccessor"];
