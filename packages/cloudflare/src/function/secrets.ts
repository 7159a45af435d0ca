import { AlienError } from "@alienplatform/core";

/**
 * Secrets of a Worker are in its `env` already, as its variables are, so nothing is read: this sees to it that each of
 * ALIEN_SECRETS, which deploy writes, has a value.
 */
export async function readSecrets(
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Readonly<Record<string, string>>> {
  const { ALIEN_SECRETS = "[]" } = environment;
  // Deploy writes it, for this Worker alone.
  const missing = (JSON.parse(ALIEN_SECRETS) as readonly string[]).find(
    (variable) => environment[variable] === undefined,
  );
  if (missing === undefined) return {};
  throw new AlienError("SECRET_MISSING", `the secret ${missing} has no value yet`, {
    fix: `Run: alien secret set ${missing}, with the --stage of this function.`,
    details: { variable: missing },
  });
}
