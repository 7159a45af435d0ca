import { type Owner, ownerUnlessRemembered, type PartContext } from "@alienplatform/deploy";
import type { Arm } from "./arm.ts";
import { ownerOf } from "./owner-tags.ts";

/** Whose what bears no tags is: whose that is which it belongs to. */
export function parentOwner<Config>(
  arm: Arm,
  id: (context: PartContext<Config>) => string,
  parent: (context: PartContext<Config>) => string,
  version: string,
): (context: PartContext<Config>) => Promise<Owner | undefined> {
  return async (context) => {
    const found = await ownerUnlessRemembered(context, id(context), async () => {
      const above = await arm.get(parent(context), version, context.signal);
      const its = ownerOf(above?.tags);
      return its && { ...its, part: context.owner.part };
    });
    return found.owner;
  };
}
