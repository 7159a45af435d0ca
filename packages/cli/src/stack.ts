import { AlienError } from "@alienplatform/core";
import type { PayloadCheck } from "@alienplatform/deploy";
import { cachedStack, findStackFile, type LoadedStack } from "@alienplatform/deploy/cached-stack";
import type { Context } from "./context.ts";
import { stacksBelow } from "./stacks-below.ts";

/** The stack around the working directory; with a payload to check also what its queue's schema has against it. */
export async function stackAround(
  { directory, terminal }: Context,
  check?: PayloadCheck,
): Promise<LoadedStack> {
  const file = await findStackFile(directory);
  if (file === undefined) {
    const [first, ...others] = await stacksBelow(directory);
    throw new AlienError("STACK_LOAD_FAILED", `there is no alien.ts in ${directory} or above it`, {
      fix:
        first === undefined
          ? "Go to your project's folder, or begin one with: alien init my-app"
          : `Go to ${others.length === 0 ? first : `one of ${[first, ...others].join(", ")}`}, as with: cd ${first}`,
    });
  }
  const print = (text: string) => terminal.note(text.trimEnd());
  return cachedStack(file, { print, ...(check && { check }) });
}
