import { type Refusal, sharedNames } from "@alienplatform/bindings/declared";
import type { FunctionCode } from "@alienplatform/deploy";
import type { CloudflarePart } from "./cloudflare-part.ts";
import type { CloudflareStack } from "./cloudflare-stack.ts";
import { environmentProblems } from "./function/environment-problems.ts";
import { functionProblems } from "./function/function-problems.ts";

/** What of a stack is beyond a limit of Cloudflare's own, beside what the capabilities say. */
export function overLimits(
  stack: CloudflareStack,
  parts: readonly CloudflarePart[],
  code: FunctionCode,
): readonly Refusal[] {
  return [
    ...stack.functions().flatMap((each) => functionProblems(each, code)),
    ...parts.flatMap((part) => (part.type === "worker" ? environmentProblems(part) : [])),
    ...sharedNames(parts),
  ].map((found) => ({ platform: "cloudflare", ...found }));
}
