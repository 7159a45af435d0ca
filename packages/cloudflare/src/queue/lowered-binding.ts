import { declaredBinding } from "@alienplatform/bindings/declared";
import type { QueueResource } from "@alienplatform/core";
import { type Json, ref } from "@alienplatform/deploy";
import type { HttpAddress, WorkerAddress } from "../address.ts";
import type { CloudflareStack } from "../cloudflare-stack.ts";
import { workerName } from "../names.ts";
import { STATE_PART, STATE_VARIABLE } from "../table/parts.ts";
import { deadLettersPartId, queuePartId } from "./parts.ts";
import { deadLettersVariable, queueVariable } from "./variables.ts";

/** What names the state table, beside the address of the queue. */
type WithTable<Address> = Address & { readonly table?: unknown };

type Data = { readonly [key: string]: Json };

/** What ALIEN_<ID>_BINDING holds outside of Workers, with references to the ids that Cloudflare gives. */
export function httpBinding(queue: QueueResource, stack: CloudflareStack): Data {
  const { place } = stack;
  const consumer = stack.consumerOf(queue.id);
  return declaredBinding(queue, "cloudflare", {
    kind: "http",
    account: place.account,
    queue: ref(queuePartId(queue.id), "id"),
    dead: ref(deadLettersPartId(queue), "id"),
    ...(consumer === undefined ? {} : { consumer: workerName(place, consumer.id) }),
    table: { database: ref(STATE_PART, "id") },
  } satisfies { readonly [Field in keyof WithTable<HttpAddress>]?: Json });
}

/** The same in a Worker, with the names of its bindings. */
export function workerBinding(queue: QueueResource): Data {
  return declaredBinding(queue, "cloudflare", {
    kind: "worker",
    queue: queueVariable(queue.id),
    dead: deadLettersVariable(queue.id),
    table: { database: STATE_VARIABLE },
  } satisfies WithTable<WorkerAddress>);
}
