import { AlienError } from "@alienplatform/core";
import type { TokenCredential } from "@azure/identity";
import { PLACEHOLDER } from "../part-configs.ts";

/** https://learn.microsoft.com/rest/api/keyvault/secrets/get-secret/get-secret */
const VERSION = "7.4";

/**
 * The values of a function's secrets. ALIEN_SECRETS, which deploy writes, holds their URLs in Key Vault by the names of the
 * variables. Read once per instance: a secret that is set again is seen by new instances.
 */
export async function readSecrets(
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Readonly<Record<string, string>>> {
  const urls = urlsOf(environment.ALIEN_SECRETS);
  if (urls.length === 0) return {};
  const credential = await credentialFor(urls.map(([, url]) => url));
  const values = await Promise.all(
    urls.map(async ([variable, url]) => [variable, await valueAt(url, variable, credential)]),
  );
  return Object.fromEntries(values);
}

function urlsOf(text: string | undefined): readonly (readonly [string, string])[] {
  if (text === undefined) return [];
  // Deploy writes it, for this process alone.
  return Object.entries(JSON.parse(text) as Readonly<Record<string, string>>);
}

/** An emulator at http gets none. */
async function credentialFor(urls: readonly string[]): Promise<TokenCredential | undefined> {
  if (urls.every((url) => url.startsWith("http://"))) return undefined;
  const { DefaultAzureCredential } = await import("@azure/identity");
  return new DefaultAzureCredential();
}

async function valueAt(
  url: string,
  variable: string,
  credential: TokenCredential | undefined,
): Promise<string> {
  const response = await asked(url, credential);
  if (response.status === 403 || response.status === 401) throw refused(response.status);
  if (response.status !== 200 && response.status !== 404) throw unread(`HTTP ${response.status}`);
  const value = response.status === 404 ? undefined : valueIn(await response.json());
  if (value !== undefined && value !== PLACEHOLDER) return value;
  throw new AlienError("SECRET_MISSING", `the secret ${variable} has no value yet`, {
    fix: `Run: alien secret set ${variable}, with the --stage of this function.`,
    details: { variable },
  });
}

async function asked(url: string, credential: TokenCredential | undefined): Promise<Response> {
  try {
    const token = await credential?.getToken("https://vault.azure.net/.default");
    const headers = token == null ? {} : { authorization: `Bearer ${token.token}` };
    return await fetch(`${url}?api-version=${VERSION}`, { headers });
  } catch (thrown) {
    throw unread(thrown instanceof Error ? thrown.message : String(thrown), thrown);
  }
}

function valueIn(body: unknown): string | undefined {
  return (body as { readonly value?: string }).value; // as Key Vault documents it
}

function refused(status: number): AlienError {
  const text = `the secrets of the function could not be read: Key Vault answers ${status}`;
  return new AlienError("PERMISSION_DENIED", text, {
    fix: "Wait some minutes after the first deploy, which is how long a role takes to be known; else deploy again: the function's identity lacks what deploy gives it.",
  });
}

function unread(why: string, cause?: unknown): AlienError {
  return new AlienError(
    "SERVICE_UNAVAILABLE",
    `the secrets of the function could not be read: ${why}`,
    {
      fix: "Try again later; the next event reads them again.",
      retryable: true,
      cause,
    },
  );
}
