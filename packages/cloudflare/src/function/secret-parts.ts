import { isGenerated, ref, secretsOf, secretsOfStack } from "@alienplatform/deploy";
import type { TypedPart } from "../cloudflare-part.ts";
import type { CloudflareStack } from "../cloudflare-stack.ts";
import { secretName } from "../names.ts";
import { functionPartId, secretPartId } from "./part-ids.ts";

/** The places of each secret of the stack: Workers have their secrets one by one. */
export function secretParts(stack: CloudflareStack): readonly TypedPart<"worker-secret">[] {
  return [...secretsOfStack(stack)].map(([variable, resource]) => {
    const name = secretName(stack.place, variable);
    const readers = stack.functions().filter((each) => secretsOf(each).includes(variable));
    return {
      id: secretPartId(variable),
      type: "worker-secret",
      name,
      resource,
      config: {
        variable,
        scripts: readers.map(({ id }) => ref(functionPartId(id), "name")),
        firstValue: isGenerated(variable) ? "random" : "none",
      },
      known: { name },
    };
  });
}
