import { AlienError } from "@alienplatform/core";
import { googleAuthLibrary } from "google-gax";

/**
 * The values of a function's secrets. ALIEN_SECRETS, which deploy writes, holds the paths of the secrets in Secret Manager
 * by the names of the variables. Read once per instance: a secret that is set again is seen by new instances.
 */
export async function readSecrets(
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Readonly<Record<string, string>>> {
  const secrets = secretsOf(environment.ALIEN_SECRETS);
  if (secrets.length === 0) return {};
  const endpoint =
    environment.CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER ??
    "https://secretmanager.googleapis.com/";
  const headers = await headersFor(endpoint);
  const values = await Promise.all(
    secrets.map(async ([variable, path]) => {
      const value = await read(variable, `${endpoint}v1/${path}/versions/latest:access`, headers);
      return [variable, value] as const;
    }),
  );
  return Object.fromEntries(values);
}

function secretsOf(text: string | undefined): readonly (readonly [string, string])[] {
  if (text === undefined) return [];
  // Deploy writes it, for this process alone.
  return Object.entries(JSON.parse(text) as Readonly<Record<string, string>>);
}

/** An emulator gets no credentials. */
async function headersFor(endpoint: string): Promise<Headers> {
  if (endpoint.startsWith("http:")) return new Headers();
  const scopes = "https://www.googleapis.com/auth/cloud-platform";
  try {
    const auth = new googleAuthLibrary.GoogleAuth({ scopes });
    return await auth.getRequestHeaders(endpoint);
  } catch (cause) {
    throw unread("the metadata server gives no token", cause);
  }
}

/** https://cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets.versions/access */
async function read(variable: string, url: string, headers: Headers): Promise<string> {
  const answer = await fetch(url, { headers }).catch((cause: unknown) => {
    throw unread("Secret Manager does not answer", cause);
  });
  if (answer.ok) {
    // As it is documented.
    const { payload } = (await answer.json()) as { readonly payload?: { readonly data?: string } };
    return Buffer.from(payload?.data ?? "", "base64").toString();
  }
  if (answer.status === 404) {
    throw new AlienError("SECRET_MISSING", `the secret ${variable} has no value yet`, {
      fix: `Run: alien secret set ${variable}, with the --stage of this function.`,
      details: { variable },
    });
  }
  if (answer.status !== 403) throw unread(`Secret Manager answers with ${answer.status}`);
  throw new AlienError("PERMISSION_DENIED", `the secret ${variable} may not be read`, {
    fix: "Deploy again: the function's service account lacks what deploy gives it, or has it only since a moment.",
    details: { variable },
  });
}

function unread(why: string, cause?: unknown): AlienError {
  return new AlienError("SERVICE_UNAVAILABLE", `the function's secrets could not be read: ${why}`, {
    fix: "Try again later; the next event reads them again.",
    retryable: true,
    ...(cause === undefined ? {} : { cause }),
  });
}
