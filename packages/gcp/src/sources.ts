import type { StackData } from "@alienplatform/core";
import { DeclaredStack, type Place } from "@alienplatform/deploy";
import { gcpPlace } from "./gcp-place.ts";
import { queueName } from "./names.ts";

/** The queues that trigger a function, by their subscriptions, which Pub/Sub's pushes carry. */
export function sources(
  data: StackData,
  place: Place,
  functionId: string,
): Readonly<Record<string, string>> {
  const stack = new DeclaredStack(data, gcpPlace(place));
  const found = stack.functions().find(({ id }) => id === functionId);
  const { project } = stack.place;
  return Object.fromEntries(
    (found?.triggers ?? []).map(({ queue }) => [
      `projects/${project}/subscriptions/${queueName(stack.place, queue)}`,
      queue,
    ]),
  );
}
