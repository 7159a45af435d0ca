import { systemClock } from "@alienplatform/bindings";
import type { OpenOperator } from "@alienplatform/bindings/operate";
import { findBinding } from "./find-binding.ts";
import { loadOperate } from "./load-operate.ts";
import { operatorOpener } from "./operator-opener.ts";

/** Reaches the operator of a queue: where the test kit has taken over, through it; else as the environment says. */
export async function openOperator(queue: string): Promise<OpenOperator> {
  const opener = operatorOpener();
  if (opener !== undefined) return opener(queue);
  const binding = await findBinding(queue);
  const platform = await loadOperate(binding.platform);
  return { operator: platform.queue(binding, systemClock), clock: systemClock };
}
