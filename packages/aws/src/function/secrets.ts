import { AlienError } from "@alienplatform/core";
import { GetParametersCommand, SSMClient } from "@aws-sdk/client-ssm";
import { PLACEHOLDER } from "../part-configs.ts";

/** Of one call. https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html */
const MOST_NAMES = 10;

/**
 * The values of a function's secrets. ALIEN_SECRETS, which deploy writes, holds the names of the parameters in Parameter
 * Store by the names of the variables. Read once per instance: a secret that is set again is seen by new instances.
 */
export async function readSecrets(
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Readonly<Record<string, string>>> {
  const parameters = parametersOf(environment.ALIEN_SECRETS);
  if (parameters.length === 0) return {};
  const client = new SSMClient({});
  try {
    const values = new Map<string, string>();
    for (let from = 0; from < parameters.length; from += MOST_NAMES) {
      const Names = parameters.slice(from, from + MOST_NAMES).map(([, name]) => name);
      const command = new GetParametersCommand({ Names, WithDecryption: true });
      const { Parameters = [] } = await client.send(command);
      for (const { Name = "", Value = "" } of Parameters) values.set(Name, Value);
    }
    return Object.fromEntries(
      parameters.map(([variable, name]) => [variable, secretValue(variable, values.get(name))]),
    );
  } catch (thrown) {
    throw thrown instanceof AlienError ? thrown : unread(thrown);
  } finally {
    client.destroy();
  }
}

function parametersOf(text: string | undefined): readonly (readonly [string, string])[] {
  if (text === undefined) return [];
  // Deploy writes it, for this process alone.
  return Object.entries(JSON.parse(text) as Readonly<Record<string, string>>);
}

function secretValue(variable: string, value: string | undefined): string {
  if (value !== undefined && value !== PLACEHOLDER) return value;
  throw new AlienError("SECRET_MISSING", `the secret ${variable} has no value yet`, {
    fix: `Run: alien secret set ${variable}, with the --stage of this function.`,
    details: { variable },
  });
}

function unread(cause: unknown): AlienError {
  const { name, message } = cause instanceof Error ? cause : new Error(String(cause));
  const text = `the secrets of the function could not be read: ${name}: ${message}`;
  if (name.startsWith("AccessDenied")) {
    return new AlienError("PERMISSION_DENIED", text, {
      fix: "Deploy again: the function's role lacks what deploy gives it, or an organization's policy forbids it.",
      cause,
    });
  }
  return new AlienError("SERVICE_UNAVAILABLE", text, {
    fix: "Try again later; the next event reads them again.",
    retryable: true,
    cause,
  });
}
