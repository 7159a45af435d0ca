import type { QueueCapabilities } from "./driver.ts";

/** How calls of one kind are gathered; undefined where they are not. */
export type Gathering = QueueCapabilities["network"];

export function gatheringOf(
  { network }: QueueCapabilities,
  calls: "sends" | "settlements" | "takes",
): Gathering {
  return network?.only === undefined || network.only === calls ? network : undefined;
}
