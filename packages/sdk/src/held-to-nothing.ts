import type { QueueCapabilities } from "@alienplatform/bindings";

/** What is deployed is on its own platform, and held to that alone: "#held-to" in its bundle. */
export async function capabilitiesHeldTo(): Promise<readonly QueueCapabilities[]> {
  return [];
}
