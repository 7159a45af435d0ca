import { AlienError, nearest } from "@alienplatform/core";
import type { State } from "@alienplatform/deploy";

const PREFIX = "secret/";

/** The physical names of a stage's secrets, by their variables. */
export function secretsOf({ parts }: State): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(parts).flatMap(([id, { name }]) =>
      id.startsWith(PREFIX) ? [[id.slice(PREFIX.length), name] as const] : [],
    ),
  );
}

/** The physical name of one; SECRET_MISSING says how to declare it. */
export function secretName(state: State, variable: string): string {
  const secrets = secretsOf(state);
  const name = secrets.get(variable);
  if (name !== undefined) return name;
  const [near] = nearest(variable, [...secrets.keys()]);
  throw new AlienError("SECRET_MISSING", `the stage has no secret ${variable}`, {
    fix:
      near === undefined
        ? `Declare it in alien.ts, .secret("${variable}"), and deploy.`
        : `Did you mean ${near}? Else declare it, .secret("${variable}"), and deploy.`,
    details: { variable },
  });
}
