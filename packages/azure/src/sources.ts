import type { StackData } from "@alienplatform/core";
import { DeclaredStack, type Place } from "@alienplatform/deploy";
import { azurePlace } from "./azure-place.ts";
import { triggerName } from "./names.ts";

/** The queues that trigger a function, by the names of their triggers in its app, which invocations carry. */
export function sources(
  data: StackData,
  place: Place,
  functionId: string,
): Readonly<Record<string, string>> {
  const stack = new DeclaredStack(data, azurePlace(place));
  const found = stack.functions().find(({ id }) => id === functionId);
  return Object.fromEntries(
    (found?.triggers ?? []).map(({ queue }) => [triggerName(queue), queue]),
  );
}
