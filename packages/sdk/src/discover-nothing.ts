import type { QueueBinding } from "@alienplatform/bindings";
import { bindingNotFound } from "./binding-not-found.ts";

/** A deployed function has the queues that deploy gave it, and looks for no others: "#discover" in its bundle. */
export async function discover(queue: string): Promise<QueueBinding> {
  throw bindingNotFound(queue, "in this deployed function");
}
