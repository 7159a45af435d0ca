import { refusals, unsupported } from "@alienplatform/bindings/declared";
import type { StackData } from "@alienplatform/core";
import { DeclaredStack, type FunctionCode, type Lowered, type Place } from "@alienplatform/deploy";
import type { AzurePart } from "./azure-part.ts";
import { azurePlace } from "./azure-place.ts";
import { platform } from "./capabilities.ts";
import { functionParts } from "./function/parts.ts";
import { secretParts } from "./function/secret-parts.ts";
import { overLimits } from "./over-limits.ts";
import { loweredBinding } from "./queue/lowered-binding.ts";
import { queueParts } from "./queue/parts.ts";
import { stageParts } from "./stage-parts.ts";
import { tableParts } from "./table/parts.ts";

/** Parts of this platform, and the bindings of the queues. */
export interface AzureLowered extends Lowered {
  readonly parts: readonly AzurePart[];
}

/** What a stack becomes on Azure. Throws UNSUPPORTED with all that Azure cannot do of it. */
export function lower(data: StackData, place: Place, code: FunctionCode): AzureLowered {
  const stack = new DeclaredStack(data, azurePlace(place));
  const parts: readonly AzurePart[] = [
    ...stageParts(stack),
    ...tableParts(stack),
    ...stack.queues().flatMap((queue) => queueParts(queue, stack)),
    ...secretParts(stack),
    ...stack.functions().flatMap((each) => functionParts(each, stack, code)),
  ];
  const refused = [...refusals(data, platform), ...overLimits(stack, parts, code)];
  if (refused.length > 0) throw unsupported(data, refused);
  return {
    parts,
    bindings: Object.fromEntries(
      stack.queues().map((queue) => [queue.id, loweredBinding(queue, stack)]),
    ),
  };
}
