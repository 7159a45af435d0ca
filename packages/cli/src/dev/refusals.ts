import type { QueueCapabilities } from "@alienplatform/bindings";
import { AlienError, type QueueResource, type Resource, type StackData } from "@alienplatform/core";

/** Throws UNSUPPORTED with everything in a stack that this machine cannot do: nothing is ignored. */
export function refuseUnsupported(stack: StackData, capabilities: QueueCapabilities): void {
  const refusals = [
    ...stack.platforms
      .filter((platform) => platform !== "local")
      .map(
        (platform) => `stack "${stack.name}": dev cannot hold it to the limits of ${platform} yet`,
      ),
    ...stack.resources.flatMap((resource) => refusalsOf(resource, capabilities)),
  ];
  if (refusals.length === 0) return;
  throw new AlienError("UNSUPPORTED", refusals.join("\n"), {
    fix: "Take it out of alien.ts for now.",
    details: { refusals },
  });
}

function refusalsOf(resource: Resource, capabilities: QueueCapabilities): readonly string[] {
  switch (resource.type) {
    case "queue":
      return queueRefusals(resource, capabilities);
    case "endpoint":
      return [`endpoint "${resource.id}": dev does not deliver to HTTP endpoints yet`];
    case "function":
      return resource.triggers
        .filter(({ paused, whilePaused }) => paused && whilePaused === "deadLetter")
        .map(
          ({ queue }) =>
            `function "${resource.id}": dev cannot dead-letter what arrives on "${queue}" while paused yet`,
        );
  }
}

function queueRefusals(
  { id, resultsMs }: QueueResource,
  capabilities: QueueCapabilities,
): readonly string[] {
  const { service } = capabilities;
  return [
    ...(resultsMs !== undefined ? [`queue "${id}": ${service} does not keep results yet`] : []),
  ];
}
