import { type Refusal, sharedNames } from "@alienplatform/bindings/declared";
import type { FunctionCode } from "@alienplatform/deploy";
import { functionProblems } from "./function/function-problems.ts";
import type { GcpPart } from "./gcp-part.ts";
import type { GcpStack } from "./gcp-stack.ts";

/** What of a stack is beyond a limit of Google's own, beside what the capabilities say. */
export function overLimits(
  stack: GcpStack,
  parts: readonly GcpPart[],
  code: FunctionCode,
): readonly Refusal[] {
  return [
    ...stack.functions().flatMap((each) => functionProblems(each, code)),
    ...sharedNames(parts),
  ].map((found) => ({ platform: "gcp", ...found }));
}
