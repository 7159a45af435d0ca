import { type Refusal, sharedNames } from "@alienplatform/bindings/declared";
import type { FunctionCode } from "@alienplatform/deploy";
import type { AwsPart } from "./aws-part.ts";
import type { AwsStack } from "./aws-stack.ts";
import { environmentProblems } from "./function/environment-problems.ts";
import { functionProblems } from "./function/function-problems.ts";

/** What of a stack is beyond a limit of AWS's own, beside what the capabilities say. */
export function overLimits(
  stack: AwsStack,
  parts: readonly AwsPart[],
  code: FunctionCode,
): readonly Refusal[] {
  return [
    ...stack.functions().flatMap((each) => functionProblems(each, stack, code)),
    ...parts.flatMap((part) =>
      part.type === "lambda-function" ? environmentProblems(part, parts, stack) : [],
    ),
    // IAM does not tell names by their case: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    ...sharedNames(parts, ({ type, name }) => (type === "iam-role" ? name.toLowerCase() : name)),
  ].map((found) => ({ platform: "aws", ...found }));
}
