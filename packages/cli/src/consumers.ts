import {
  AlienError,
  type EndpointResource,
  type FunctionResource,
  nearest,
  type StackData,
} from "@alienplatform/core";

/** What can consume a queue. */
export type Consumer = FunctionResource | EndpointResource;

/** What of a stack can consume queues. */
export function consumersOf({ resources }: StackData): readonly Consumer[] {
  return resources.filter((resource) => resource.type !== "queue");
}

/** The one that alien.ts makes consume the queue. */
export function declaredConsumer(stack: StackData, queue: string): Consumer | undefined {
  return consumersOf(stack).find(({ triggers }) => triggers.some((one) => one.queue === queue));
}

/** What there is to say where a stack has no consumer of this id, and a queue was to be bound to it. */
export function unknownConsumer(stack: StackData, id: string, queue: string): AlienError {
  const text = `queue "${queue}" cannot be bound to "${id}": alien.ts declares no such function or endpoint`;
  return unknown(
    text,
    id,
    consumersOf(stack).map((consumer) => consumer.id),
    { queue },
  );
}

/** The same where a deployed stage has none, only these. */
export function notDeployed(id: string, deployed: readonly string[]): AlienError {
  return unknown(`the stage has no function "${id}"`, id, deployed, {});
}

function unknown(
  text: string,
  id: string,
  ids: readonly string[],
  details: Readonly<Record<string, unknown>>,
): AlienError {
  const near = nearest(id, ids);
  const all = ids.length === 0 ? "none" : ids.join(", ");
  return new AlienError("UNKNOWN_FUNCTION", text, {
    fix: near.length === 0 ? `There is ${all}.` : `Did you mean ${near.join(" or ")}?`,
    details: { ...details, function: id, nearest: near },
  });
}
