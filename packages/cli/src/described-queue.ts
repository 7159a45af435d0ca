import {
  keptCapabilities,
  type QueueBinding,
  type QueueCapabilities,
} from "@alienplatform/bindings";
import type { QueueResource } from "@alienplatform/core";
import type { LoadedStack } from "@alienplatform/deploy";
import { capabilities as ofLocal } from "@alienplatform/local/runtime";
import { loadCapabilities } from "@alienplatform/sdk/platforms";

/** A queue as it is declared, and what can be done with it where it is. */
export interface DescribedQueue {
  readonly declared: Omit<QueueResource, "schema">;
  /** "local", or a cloud. */
  readonly platform: string;
  readonly capabilities: QueueCapabilities;
  /** As JSON Schema; true where its library cannot tell. */
  readonly schema?: LoadedStack["schemas"][string];
}

/** Reads from a binding where the queue is; without one it is on this machine. */
export async function describedQueue(
  declared: Omit<QueueResource, "schema">,
  schema: DescribedQueue["schema"],
  binding: string | undefined,
): Promise<DescribedQueue> {
  const queue = { declared, ...(schema === undefined ? {} : { schema }) };
  if (binding === undefined) return { ...queue, platform: "local", capabilities: ofLocal };
  // Whoever opens the queue refuses what is none.
  const { platform, address } = JSON.parse(binding) as QueueBinding;
  const service = (await loadCapabilities(platform)).queue(declared);
  const kept = address.table === undefined ? service : keptCapabilities(service);
  return { ...queue, platform, capabilities: kept };
}
