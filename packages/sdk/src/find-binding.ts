import type { QueueBinding } from "@alienplatform/bindings";
import { discover } from "#discover";
import { environment } from "./environment.ts";
import { readBinding } from "./read-binding.ts";

/** Where a queue is: as the environment says, else the local one of the alien.ts around here. */
export async function findBinding(queue: string): Promise<QueueBinding> {
  return readBinding(queue, environment()) ?? (await discover(queue));
}
