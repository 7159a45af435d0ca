import type { Resource, Trigger } from "@alienplatform/core";

/** The trigger that a queue has in a stack, and how long its function may take. */
export function triggerOf(
  resources: readonly Resource[],
  queue: string,
): { readonly trigger: Trigger; readonly timeoutMs: number | undefined } | undefined {
  for (const resource of resources) {
    if (resource.type === "queue") continue;
    const trigger = resource.triggers.find((one) => one.queue === queue);
    const timeoutMs = resource.type === "function" ? resource.timeoutMs : undefined;
    if (trigger !== undefined) return { trigger, timeoutMs };
  }
  return undefined;
}
