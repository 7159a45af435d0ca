import { triggerWithDefaults, type WrittenTrigger } from "@alienplatform/bindings";
import { AlienError, type Trigger } from "@alienplatform/core";
import type { Environment } from "./environment.ts";

/** What ALIEN_FUNCTION says of the function that this process is. */
export interface FunctionDescription {
  readonly id: string;
  readonly triggers: readonly Trigger[];
  readonly timeoutMs?: number;
  /** That it serves HTTP; on which port of this machine only under alien dev, elsewhere the platform's host listens. */
  readonly http?: { readonly port?: number };
  /** Instead of code of its own: where the messages are posted. */
  readonly endpoint?: { readonly url: string };
}

/** Triggers may leave out what they have by default. */
type Written = Omit<FunctionDescription, "triggers"> & {
  readonly triggers: readonly WrittenTrigger[];
};

/** Undefined where this process is no function. */
export function readFunction(environment: Environment): FunctionDescription | undefined {
  const text = environment.ALIEN_FUNCTION;
  if (text === undefined || text === "") return undefined;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && "id" in value && "triggers" in value) {
      // Written by dev or deploy for this process alone.
      const { triggers, ...described } = value as Written;
      return { ...described, triggers: triggers.map(triggerWithDefaults) };
    }
  } catch {
    // Said below: what it should have been matters, not where the JSON breaks.
  }
  throw new AlienError("BINDING_INVALID", "ALIEN_FUNCTION is not what alien dev or deploy writes", {
    fix: "Start the function with alien dev, deploy it again, or unset ALIEN_FUNCTION.",
  });
}
