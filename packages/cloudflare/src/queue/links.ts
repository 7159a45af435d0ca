import type { QueueAddress } from "../address.ts";
import { QueueApi, workerEnv } from "../client.ts";
import { HttpLink } from "./http-link.ts";
import type { QueueLink } from "./queue-link.ts";
import { WorkerLink } from "./worker-link.ts";

/** A queue and the one that its dead letters are in, with what can be done to them from here. */
export type QueueLinks =
  | { readonly kind: "worker"; readonly queue: QueueLink; readonly dead: QueueLink }
  | { readonly kind: "http"; readonly queue: HttpLink; readonly dead: HttpLink };

/** Does no I/O. */
export function linksOf(address: QueueAddress): QueueLinks {
  if (address.kind === "worker") {
    const link = (name: string) => new WorkerLink(name, workerEnv);
    return { kind: "worker", queue: link(address.queue), dead: link(address.dead) };
  }
  const link = (queue: string) => new HttpLink(new QueueApi({ ...address, queue }));
  return { kind: "http", queue: link(address.queue), dead: link(address.dead) };
}
