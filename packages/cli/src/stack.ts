import { AlienError } from "@alienplatform/core";
import { findStackFile, type LoadedStack, loadStack } from "@alienplatform/deploy";
import type { Context } from "./context.ts";

/** The stack around the working directory. */
export async function stackAround({ directory, terminal }: Context): Promise<LoadedStack> {
  const file = await findStackFile(directory);
  if (file === undefined) {
    throw new AlienError("STACK_LOAD_FAILED", `there is no alien.ts in ${directory} or above it`, {
      fix: "Go to your project's folder, or begin one with: alien init my-app",
    });
  }
  return loadStack(file, { print: (text) => terminal.note(text.trimEnd()) });
}
