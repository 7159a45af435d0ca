import type { QueueBinding } from "@alienplatform/bindings";
import { AlienError } from "@alienplatform/core";

/** What `binding.address` holds for Pub/Sub. */
export interface PubSubAddress {
  /** The project's id or number. */
  readonly project: string;
  /** Ids, not paths: "tasks", not "projects/p/topics/tasks". */
  readonly topic: string;
  readonly subscription: string;
  /** Where dead letters are published; the subscription's own dead-letter policy, if any, names it too. */
  readonly deadTopic: string;
  /** What keeps them: a topic alone keeps nothing. Without message ordering, or a look sees one of each group. */
  readonly deadSubscription: string;
  /** Whether the subscription was made with message ordering; that cannot be changed later. */
  readonly ordered: boolean;
  /** The subscription pushes to a function, and cannot be pulled from. */
  readonly push?: boolean;
  /** The subscription's own acknowledgement deadline, in seconds: a loan of that length needs no second request. */
  readonly ackDeadlineSeconds?: number;
  /** The function that it pushes to, of what deploy has made: what a resume restores. */
  readonly consumer?: PushTarget;
  /** Deploy made it: Cloud Monitoring may be asked for its counts. */
  readonly deployed?: boolean;
  /**
   * Undefined: the service itself. `http://host:port` is an emulator: no encryption and no credentials.
   * `https://us-east1-pubsub.googleapis.com` is the service in one region, as ordering over regions needs.
   */
  readonly endpoint?: string;
}

/** Where Pub/Sub pushes a function's messages, and as whom. */
export type PushTarget = {
  readonly endpoint: string;
  /** What the tokens are for: the function's URL, which Cloud Run checks too. */
  readonly audience: string;
  /** An e-mail address. */
  readonly serviceAccount: string;
};

/** The checked address of a binding; BINDING_INVALID says what is wrong with it. */
export function readAddress({ queue, address }: QueueBinding): PubSubAddress {
  const text = (name: keyof PubSubAddress): string => {
    const value = address[name];
    if (typeof value === "string" && value !== "") return value;
    throw invalid(queue, `it names no "${name}"`);
  };
  const { ordered, push, ackDeadlineSeconds, endpoint, consumer, deployed } = address;
  if (typeof ordered !== "boolean") throw invalid(queue, 'it does not say whether it is "ordered"');
  if (push !== undefined && typeof push !== "boolean") {
    throw invalid(queue, '"push" is neither true nor false');
  }
  if (ackDeadlineSeconds !== undefined && typeof ackDeadlineSeconds !== "number") {
    throw invalid(queue, '"ackDeadlineSeconds" is not a number');
  }
  if (endpoint !== undefined && (typeof endpoint !== "string" || !URL.canParse(endpoint))) {
    throw invalid(queue, '"endpoint" is not a URL');
  }
  return {
    project: text("project"),
    topic: text("topic"),
    subscription: text("subscription"),
    deadTopic: text("deadTopic"),
    deadSubscription: text("deadSubscription"),
    ordered,
    ...(push === undefined ? {} : { push }),
    ...(ackDeadlineSeconds === undefined ? {} : { ackDeadlineSeconds }),
    ...(endpoint === undefined ? {} : { endpoint }),
    // Deploy wrote it.
    ...(consumer === undefined ? {} : { consumer: consumer as PushTarget }),
    ...(deployed === true ? { deployed } : {}),
  };
}

function invalid(queue: string, what: string): AlienError {
  return new AlienError("BINDING_INVALID", `the address of queue "${queue}" is wrong: ${what}`, {
    fix: 'Write "address": { "project", "topic", "subscription", "deadTopic", "deadSubscription", "ordered" }, with "endpoint" for an emulator; or deploy again.',
    details: { queue },
  });
}
