import { AlienError, type Trigger } from "@alienplatform/core";

/** What ALIEN_FUNCTION says of the function that this process is. */
export interface FunctionDescription {
  readonly id: string;
  readonly triggers: readonly Trigger[];
  readonly timeoutMs?: number;
  readonly http?: { readonly port: number };
}

/** Undefined where this process is no function. */
export function readFunction(environment: NodeJS.ProcessEnv): FunctionDescription | undefined {
  const text = environment.ALIEN_FUNCTION;
  if (text === undefined || text === "") return undefined;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && "id" in value && "triggers" in value) {
      // Written by dev in the shape of FunctionDescription, for this process alone.
      return value as FunctionDescription;
    }
  } catch {
    // Said below: what it should have been matters, not where the JSON breaks.
  }
  throw new AlienError("BINDING_INVALID", "ALIEN_FUNCTION is not what alien dev writes", {
    fix: "Start the function with alien dev, or unset ALIEN_FUNCTION.",
  });
}
