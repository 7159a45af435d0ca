import type { QueueBinding } from "@alienplatform/bindings";
import { bindingNotFound } from "./binding-not-found.ts";
import { findStackFile } from "./find-stack-file.ts";
import { loadPlatform } from "./load-platform.ts";

/** Without a binding there is only the local platform, and in production not even that by itself. */
export async function discover(queue: string): Promise<QueueBinding> {
  const directory = process.cwd();
  const platform = process.env.ALIEN_PLATFORM;
  if (platform !== "local") {
    if (platform !== undefined && platform !== "") throw bindingNotFound(queue, `on ${platform}`);
    if (process.env.NODE_ENV === "production") throw bindingNotFound(queue, "in production");
    const file = await findStackFile(directory);
    if (file === undefined) {
      throw bindingNotFound(queue, `and no alien.ts in ${directory} or above it`);
    }
    sayOnce(file);
  }
  const local = await loadPlatform("local");
  const binding = await local.discover?.(queue, directory);
  if (binding === undefined) throw bindingNotFound(queue, "on the local platform");
  return binding;
}

let said = false;

function sayOnce(file: string): void {
  if (said) return;
  said = true;
  process.stderr.write(
    `alien: no bindings in the environment; using the local queues of ${file}\n`,
  );
}
