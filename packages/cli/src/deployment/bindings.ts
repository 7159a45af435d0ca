import { environmentName } from "@alienplatform/core";
import type { State } from "@alienplatform/deploy";

/** The variables with which a process reaches a stage's queues. */
export function environmentOf(bindings: State["bindings"]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(bindings).map(([id, binding]) => [environmentName(id), JSON.stringify(binding)]),
  );
}
