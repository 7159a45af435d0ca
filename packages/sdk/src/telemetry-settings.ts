import { AlienError } from "@alienplatform/core";
import type { Environment } from "./environment.ts";

/** How a handler's span belongs to what sent its message: linked to it, or its child. */
export type TraceParent = "link" | "producer";

/** What the environment says of telemetry. */
export interface TelemetrySettings {
  readonly on: boolean;
  readonly parent: TraceParent;
}

/** Throws OPTION_INVALID where a variable says neither of what it can. */
export function readTelemetrySettings(environment: Environment): TelemetrySettings {
  return {
    on: read(environment, "ALIEN_TELEMETRY", ["on", "off"]) === "on",
    parent: read(environment, "ALIEN_TRACE_PARENT", ["link", "producer"]),
  };
}

/** The first of the choices is the default. */
function read<Choice extends string>(
  environment: Environment,
  variable: string,
  choices: readonly [Choice, Choice],
): Choice {
  const value = environment[variable];
  if (value === undefined || value === "") return choices[0];
  const chosen = choices.find((choice) => choice === value);
  if (chosen !== undefined) return chosen;
  const [first, second] = choices;
  throw new AlienError("OPTION_INVALID", `${variable} is "${value}"`, {
    fix: `Set it to "${first}" or "${second}", or remove it: "${first}" is the default.`,
    details: { variable },
  });
}
