import { AlienError } from "@alienplatform/core";
import type { Environment } from "./environment.ts";

const VARIABLE = "ALIEN_SIGNING_SECRET";

/** What requests to HTTP consumers are signed with, from the environment. */
export function signingSecret(environment: Environment): string {
  const secret = environment[VARIABLE];
  if (secret !== undefined && secret !== "") return secret;
  throw new AlienError("SECRET_MISSING", `${VARIABLE} is not in the environment of this process`, {
    fix: `Set ${VARIABLE}; under alien dev it is there by itself.`,
    details: { variable: VARIABLE },
  });
}
