import { refusals, unsupported } from "@alienplatform/bindings/declared";
import type { StackData } from "@alienplatform/core";
import { loadCapabilities } from "@alienplatform/sdk/platforms";

/** Throws UNSUPPORTED with everything in a stack that a platform which it names cannot do: nothing is ignored. */
export async function refuseUnsupported(stack: StackData): Promise<void> {
  const platforms = await Promise.all(stack.platforms.map(loadCapabilities));
  const found = platforms.flatMap((platform) => refusals(stack, platform));
  if (found.length > 0) throw unsupported(stack, found);
}
