import type { QueueOptions } from "../queue/binding.ts";
import type { QueueCapabilities } from "../queue/driver.ts";
import type { PlatformCapabilities } from "./platform-capabilities.ts";

/** What a queue of a stack is held to on another platform: its capabilities, said to be those of one that alien.ts names. */
export function heldTo(
  { platform, queue }: PlatformCapabilities,
  declared: Pick<QueueOptions, "fifo">,
): QueueCapabilities {
  const capabilities = queue(declared);
  return { ...capabilities, service: `${capabilities.service} (.platforms("${platform}"))` };
}
