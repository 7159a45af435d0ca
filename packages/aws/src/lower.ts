import { refusals, unsupported } from "@alienplatform/bindings/declared";
import type { StackData } from "@alienplatform/core";
import { DeclaredStack, type FunctionCode, type Lowered, type Place } from "@alienplatform/deploy";
import type { AwsPart } from "./aws-part.ts";
import { awsPlace } from "./aws-place.ts";
import { platform } from "./capabilities.ts";
import { functionParts } from "./function/parts.ts";
import { secretParts } from "./function/secret-parts.ts";
import { overLimits } from "./over-limits.ts";
import { loweredBinding } from "./queue/lowered-binding.ts";
import { queueParts } from "./queue/parts.ts";
import { scheduleParts } from "./schedule/parts.ts";
import { tableParts } from "./table/parts.ts";

/** Parts of this platform, and the bindings of the queues. */
export interface AwsLowered extends Lowered {
  readonly parts: readonly AwsPart[];
}

/** What a stack becomes on AWS. Throws UNSUPPORTED with all that AWS cannot do of it. */
export function lower(data: StackData, place: Place, code: FunctionCode): AwsLowered {
  const stack = new DeclaredStack(data, awsPlace(place));
  const parts: readonly AwsPart[] = [
    ...tableParts(stack),
    ...stack.queues().flatMap((queue) => queueParts(queue, stack)),
    ...stack.queues().flatMap((queue) => scheduleParts(queue, stack)),
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
