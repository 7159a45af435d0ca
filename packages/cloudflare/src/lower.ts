import { refusals, unsupported } from "@alienplatform/bindings/declared";
import type { StackData } from "@alienplatform/core";
import { DeclaredStack, type FunctionCode, type Lowered, type Place } from "@alienplatform/deploy";
import { platform } from "./capabilities.ts";
import type { CloudflarePart } from "./cloudflare-part.ts";
import { cloudflarePlace } from "./cloudflare-place.ts";
import { functionParts } from "./function/parts.ts";
import { secretParts } from "./function/secret-parts.ts";
import { overLimits } from "./over-limits.ts";
import { httpBinding } from "./queue/lowered-binding.ts";
import { queueParts } from "./queue/parts.ts";
import { databaseParts } from "./table/parts.ts";

/** Parts of this platform, and the bindings of the queues. */
export interface CloudflareLowered extends Lowered {
  readonly parts: readonly CloudflarePart[];
}

/** What a stack becomes on Cloudflare. Throws UNSUPPORTED with all that Cloudflare cannot do of it. */
export function lower(data: StackData, place: Place, code: FunctionCode): CloudflareLowered {
  const stack = new DeclaredStack(data, cloudflarePlace(place));
  const parts: readonly CloudflarePart[] = [
    ...databaseParts(stack),
    ...stack.queues().flatMap((queue) => queueParts(queue, stack)),
    ...stack.functions().flatMap((each) => functionParts(each, stack, code)),
    ...secretParts(stack),
  ];
  const refused = [...refusals(data, platform), ...overLimits(stack, parts, code)];
  if (refused.length > 0) throw unsupported(data, refused);
  return {
    parts,
    bindings: Object.fromEntries(
      stack.queues().map((queue) => [queue.id, httpBinding(queue, stack)]),
    ),
  };
}
