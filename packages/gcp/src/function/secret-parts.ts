import { isGenerated, secretPartId, secretsOfStack } from "@alienplatform/deploy";
import type { TypedPart } from "../gcp-part.ts";
import type { GcpStack } from "../gcp-stack.ts";
import { secretName } from "../names.ts";

/**
 * A secret of Secret Manager for each secret of the stack, without its value. Its path is not known before it is there: one
 * that is made anew under its name has none of the rights of the former.
 */
export function secretParts(stack: GcpStack): readonly TypedPart<"secret">[] {
  const { place } = stack;
  return [...secretsOfStack(stack)].map(([variable, resource]) => {
    const name = secretName(place, variable);
    return {
      id: secretPartId(variable),
      type: "secret",
      name,
      resource,
      config: {
        location: place.region,
        firstValue: isGenerated(variable) ? "random" : "none",
      },
    };
  });
}
