import { type Layer, refusal } from "./aws-answer.ts";

/**
 * A role that was just made is not yet known to Lambda: what names it is refused for a number of calls. So is a mapping
 * whose function's role just got its policy. Moto knows all at once.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
 */
export function newRoles({ refusals }: { readonly refusals: number }): Layer {
  const made = new Map<string, number>();
  const allowed = new Map<string, number>();
  /** The name of the role of a function, by the function's. */
  const roles = new Map<string, string>();
  return async (call, pass) => {
    const { action, service, input } = call;
    const role = nameOf(String(input.Role));
    if (service === "lambda" && typeof input.Role === "string" && spent(made, role)) {
      const text = "The role defined for the function cannot be assumed by Lambda.";
      return refusal(call, 400, "InvalidParameterValueException", text);
    }
    if (action === "CreateEventSourceMapping") {
      if (spent(allowed, roles.get(nameOf(String(input.FunctionName), ":")) ?? "")) {
        const text =
          "The function execution role does not have permissions to call ReceiveMessage on SQS";
        return refusal(call, 400, "InvalidParameterValueException", text);
      }
    }
    const answer = await pass(call);
    if (answer.status < 300) {
      const name = String(input.RoleName);
      if (action === "CreateRole") made.set(name, refusals);
      if (action === "PutRolePolicy") allowed.set(name, refusals);
      if (action === "CreateFunction") roles.set(String(input.FunctionName), role);
    }
    return answer;
  };
}

/** Whether a refusal is left, which this call takes. */
function spent(left: Map<string, number>, name: string): boolean {
  const count = left.get(name) ?? 0;
  if (count === 0) return false;
  left.set(name, count - 1);
  return true;
}

function nameOf(arn: string, separator = "/"): string {
  return arn.split(separator).at(-1) ?? arn;
}
