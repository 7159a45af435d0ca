import type { Resource } from "@alienplatform/core";
import type { DeclaredPause } from "../engine/port.ts";

/** What the resources of a stack say of pausing a queue; nothing is paused where nobody consumes it. */
export function declaredPause(resources: readonly Resource[], queue: string): DeclaredPause {
  for (const resource of resources) {
    if (resource.type === "queue") continue;
    const trigger = resource.triggers.find((one) => one.queue === queue);
    if (trigger !== undefined) {
      return { paused: trigger.paused, whilePaused: trigger.whilePaused };
    }
  }
  return { paused: false, whilePaused: "wait" };
}
