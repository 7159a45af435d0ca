import type { QueueBinding, QueueCapabilities } from "@alienplatform/bindings";
import { heldTo } from "@alienplatform/bindings/declared";
import { loadCapabilities } from "./platforms.ts";

/** What a local queue is held to, of the platforms that its stack names. */
export async function capabilitiesHeldTo({
  options,
}: QueueBinding): Promise<readonly QueueCapabilities[]> {
  const { platforms = [] } = options;
  const named = await Promise.all(platforms.map(loadCapabilities));
  return named.map((platform) => heldTo(platform, options));
}
