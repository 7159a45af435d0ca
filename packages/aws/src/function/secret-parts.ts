import { isGenerated, secretPartId, secretsOfStack } from "@alienplatform/deploy";
import { arnOf } from "../arn.ts";
import type { TypedPart } from "../aws-part.ts";
import type { AwsStack } from "../aws-stack.ts";
import { secretName } from "../names.ts";

/** A parameter for each secret of the stack, without its value. */
export function secretParts(stack: AwsStack): readonly TypedPart<"ssm-parameter">[] {
  const { place } = stack;
  return [...secretsOfStack(stack)].map(([variable, resource]) => {
    const name = secretName(place, variable);
    return {
      id: secretPartId(variable),
      type: "ssm-parameter",
      name,
      resource,
      config: {
        type: "SecureString",
        tier: "Standard",
        description: `The secret ${variable} of stack ${place.stack}, stage ${place.stage}.`,
        firstValue: isGenerated(variable) ? "random" : "placeholder",
      },
      known: { name, arn: arnOf("ssm", `parameter${name}`, place) },
    };
  });
}
