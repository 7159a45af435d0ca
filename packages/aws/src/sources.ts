import type { StackData } from "@alienplatform/core";
import { DeclaredStack, type Place } from "@alienplatform/deploy";
import { awsPlace } from "./aws-place.ts";
import { queueArn } from "./queue/queue-arns.ts";

/** The queues that trigger a function, by their ARNs, which Lambda's events carry. */
export function sources(
  data: StackData,
  place: Place,
  functionId: string,
): Readonly<Record<string, string>> {
  const stack = new DeclaredStack(data, awsPlace(place));
  const found = stack.functions().find(({ id }) => id === functionId);
  return Object.fromEntries(
    (found?.triggers ?? []).map(({ queue }) => [queueArn(stack.place, stack.queue(queue)), queue]),
  );
}
