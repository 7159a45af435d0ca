import type { QueueBinding } from "@alienplatform/bindings";
import { AlienError } from "@alienplatform/core";

/** Where a queue of Cloudflare is: a binding of the Worker that runs, or an id for the HTTP API. */
export type QueueAddress = WorkerAddress | HttpAddress;

export interface WorkerAddress {
  readonly kind: "worker";
  /** The name in `env` of the queue's producer binding. */
  readonly queue: string;
  /** The same of the queue that its dead letters are in. */
  readonly dead: string;
}

export interface HttpAddress {
  readonly kind: "http";
  /** The account's id. */
  readonly account: string;
  /** The queue's id, which is not its name. */
  readonly queue: string;
  /** The id of the queue that its dead letters are in. */
  readonly dead: string;
  /** Cloudflare's own unless told otherwise. */
  readonly endpoint?: string;
  /** The Worker that deploy made its consumer. */
  readonly consumer?: string;
}

/** Reads what deploy wrote. Fails with BINDING_INVALID that names the field. */
export function readAddress({ queue: id, address }: QueueBinding): QueueAddress {
  const field = (name: string): string => {
    const value = address[name];
    if (typeof value === "string" && value !== "") return value;
    throw invalid(id, `has no address.${name}`);
  };
  const kind = field("kind");
  if (kind === "worker") return { kind, queue: field("queue"), dead: field("dead") };
  if (kind !== "http") throw invalid(id, `has the address.kind ${JSON.stringify(kind)}`);
  return {
    kind,
    account: field("account"),
    queue: field("queue"),
    dead: field("dead"),
    ...(address.endpoint !== undefined && { endpoint: field("endpoint") }),
    ...(address.consumer !== undefined && { consumer: field("consumer") }),
  };
}

function invalid(queue: string, what: string): AlienError {
  return new AlienError("BINDING_INVALID", `the Cloudflare binding of queue "${queue}" ${what}`, {
    fix: 'Write { "kind": "worker", "queue", "dead" } with names of bindings, or { "kind": "http", "account", "queue", "dead" } with ids.',
    details: { queue },
  });
}
