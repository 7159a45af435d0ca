import type { EndpointResource, FunctionResource } from "@alienplatform/core";
import { triggerWithoutDefaults } from "../queue/trigger-defaults.ts";

/** What a function's bundle reads of ALIEN_FUNCTION, where its host hands events and requests over. */
export function describedFunction(consumer: FunctionResource | EndpointResource) {
  const { id } = consumer;
  const triggers = consumer.triggers.map(triggerWithoutDefaults);
  if (consumer.type === "endpoint") return { id, triggers, endpoint: { url: consumer.url } };
  const { timeoutMs, http } = consumer;
  return {
    id,
    triggers,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    // Nothing listens there.
    ...(http ? { http: { port: 0 } } : {}),
  };
}

/** The queues that a function is triggered by or linked to, each once. */
export function queuesOf(consumer: FunctionResource | EndpointResource): readonly string[] {
  const links = consumer.type === "function" ? consumer.links : [];
  return [
    ...new Set([
      ...consumer.triggers.map(({ queue }) => queue),
      ...links.map(({ resource }) => resource),
    ]),
  ];
}
