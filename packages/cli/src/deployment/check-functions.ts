import { availableParallelism } from "node:os";
import {
  type CheckedHandlers,
  checkHandlers,
  type FunctionTarget,
  type LoadedStack,
} from "@alienplatform/deploy";
import type { PackedCode } from "./pack-functions.ts";

/** Checks the handlers of every packed function, as many at once as the machine has processors. */
export async function checkFunctions(
  stack: LoadedStack,
  target: FunctionTarget,
  { code, files }: PackedCode,
  signal: AbortSignal,
): Promise<CheckedHandlers> {
  const functions = stack.stack.resources.flatMap((resource, at) => {
    const file = files[code[resource.id]?.sha256 ?? ""];
    return resource.type === "function" && file !== undefined ? [{ resource, file, at }] : [];
  });
  const checked: CheckedHandlers[] = [];
  const left = functions.values();
  const work = async () => {
    for (const { resource, file, at } of left) {
      checked[at] = await checkHandlers({ stack, function: resource, target, file, signal });
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return {
    problems: checked.flatMap(({ problems }) => problems),
    warnings: checked.flatMap(({ warnings }) => warnings),
  };
}
