import type { Owner, PartContext } from "@alienplatform/deploy";
import type { AccountApi } from "../api-client.ts";

/** A queue as Cloudflare lists it: https://developers.cloudflare.com/api/resources/queues/methods/list/ */
export interface FoundQueue {
  readonly queue_id: string;
  readonly queue_name: string;
  readonly settings?: {
    readonly delivery_delay?: number;
    readonly delivery_paused?: boolean;
    readonly message_retention_period?: number;
  };
}

/** The queue of that name, which an account has once; wrangler asks for it in the same way. */
export async function findQueue(
  api: AccountApi,
  name: string,
  signal: AbortSignal,
): Promise<FoundQueue | undefined> {
  const found = await api.list<FoundQueue>("/queues", { query: { name }, signal });
  return found.find(({ queue_name }) => queue_name === name);
}

/**
 * Whose a queue of this name is: names end with the stage's mark (see names.ts), so nobody else makes one of this name but
 * on purpose. The part is then the one that is looked for.
 */
export function queueOwner({ owner }: PartContext<unknown>): Owner {
  return owner;
}
