import type { StackData } from "@alienplatform/core";
import { DeclaredStack, type Place } from "@alienplatform/deploy";
import { cloudflarePlace } from "./cloudflare-place.ts";
import { queueName } from "./names.ts";

/** The queues that trigger a function, by their names, which Cloudflare's batches carry. */
export function sources(
  data: StackData,
  place: Place,
  functionId: string,
): Readonly<Record<string, string>> {
  const stack = new DeclaredStack(data, cloudflarePlace(place));
  const found = stack.functions().find(({ id }) => id === functionId);
  return Object.fromEntries(
    (found?.triggers ?? []).map(({ queue }) => [queueName(stack.place, queue), queue]),
  );
}
