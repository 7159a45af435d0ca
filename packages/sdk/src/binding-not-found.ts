import { AlienError, environmentName } from "@alienplatform/core";

/** A queue that cannot be reached from this process; `where` ends the sentence. */
export function bindingNotFound(queue: string, where: string): AlienError {
  const variable = environmentName(queue);
  return new AlienError("BINDING_NOT_FOUND", `queue "${queue}" has no binding ${where}`, {
    fix: `Set ${variable} to what deploy wrote, or set ALIEN_PLATFORM=local to use the local queues.`,
    details: { queue, variable },
  });
}
