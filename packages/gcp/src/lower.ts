import { refusals, unsupported } from "@alienplatform/bindings/declared";
import type { StackData } from "@alienplatform/core";
import { DeclaredStack, type FunctionCode, type Lowered, type Place } from "@alienplatform/deploy";
import { platform } from "./capabilities.ts";
import { delayParts } from "./delays/parts.ts";
import { bucketParts, functionParts } from "./function/parts.ts";
import { secretParts } from "./function/secret-parts.ts";
import type { GcpPart } from "./gcp-part.ts";
import { gcpPlace } from "./gcp-place.ts";
import { overLimits } from "./over-limits.ts";
import { loweredBinding } from "./queue/lowered-binding.ts";
import { queueParts } from "./queue/parts.ts";
import { scheduleWarnings } from "./queue/schedule-warnings.ts";
import { stateParts } from "./table/parts.ts";

/** Parts of this platform, and the bindings of the queues. */
export interface GcpLowered extends Lowered {
  readonly parts: readonly GcpPart[];
}

/** What a stack becomes on Google Cloud. Throws UNSUPPORTED with all that Google cannot do of it. */
export function lower(data: StackData, place: Place, code: FunctionCode): GcpLowered {
  const stack = new DeclaredStack(data, gcpPlace(place));
  const parts: readonly GcpPart[] = [
    ...stateParts(stack),
    ...delayParts(stack),
    ...stack.queues().flatMap((queue) => queueParts(queue, stack)),
    ...secretParts(stack),
    ...bucketParts(stack),
    ...stack.functions().flatMap((each) => functionParts(each, stack, code)),
  ];
  const refused = [...refusals(data, platform), ...overLimits(stack, parts, code)];
  if (refused.length > 0) throw unsupported(data, refused);
  const warnings = scheduleWarnings(stack);
  return {
    parts,
    bindings: Object.fromEntries(
      stack.queues().map((queue) => [queue.id, loweredBinding(queue, stack)]),
    ),
    ...(warnings.length === 0 ? {} : { warnings }),
  };
}
