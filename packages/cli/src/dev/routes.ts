import type { Resource, StackData, Trigger } from "@alienplatform/core";
import { consumersOf, declaredConsumer } from "../consumers.ts";

/** Who consumes what, with what operators have bound in place of what alien.ts declares. */
export interface Routes {
  readonly stack: StackData;
  /** Queues that are bound to a consumer which the stack does not have: their messages wait. */
  readonly lost: readonly { readonly queue: string; readonly consumer: string }[];
}

/** A queue keeps its trigger's options when another function consumes it. */
export function routesOf(stack: StackData, boundTo: (queue: string) => string | undefined): Routes {
  const consumers = consumersOf(stack);
  const moved: { readonly to: string; readonly trigger: Trigger }[] = [];
  for (const { id: queue, type } of stack.resources) {
    const to = type === "queue" ? boundTo(queue) : undefined;
    if (to === undefined || to === declaredConsumer(stack, queue)?.id) continue;
    const declared = consumers.flatMap(({ triggers }) => triggers);
    const trigger = declared.find((one) => one.queue === queue) ?? plain(queue);
    moved.push({ to, trigger });
  }
  const isMoved = ({ queue }: Trigger) => moved.some(({ trigger }) => trigger.queue === queue);
  const rerouted = (resource: Resource): Resource => {
    if (resource.type === "queue") return resource;
    const added = moved.filter(({ to }) => to === resource.id).map(({ trigger }) => trigger);
    const kept = resource.triggers.filter((trigger) => !isMoved(trigger));
    return { ...resource, triggers: [...kept, ...added] };
  };
  return {
    stack: { ...stack, resources: stack.resources.map(rerouted) },
    lost: moved
      .filter(({ to }) => !consumers.some(({ id }) => id === to))
      .map(({ to, trigger }) => ({ queue: trigger.queue, consumer: to })),
  };
}

/** The defaults of a trigger that nobody has declared. */
function plain(queue: string): Trigger {
  return { queue, batchSize: 1, paused: false, whilePaused: "wait", onInvalid: "deadLetter" };
}
