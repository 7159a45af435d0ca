import type { AccountApi } from "../api-client.ts";
import { unlessGone, WORKER_GONE } from "./unless-gone.ts";
import { pathOf } from "./worker-path.ts";

/** "Binding not found." */
const SECRET_GONE = 10_056;

/** The secret that says that a Worker has a place for one of that name, with a value or without. */
export function placeOf(variable: string): string {
  return `ALIEN_PLACE_OF_${variable}`;
}

/** The secret that says that deploy made up the value of one of that name, which nobody outside of the Workers knows. */
export function firstValueOf(variable: string): string {
  return `ALIEN_FIRST_VALUE_OF_${variable}`;
}

/** The names of a Worker's secrets; Cloudflare shows no values. */
export async function listSecrets(
  api: AccountApi,
  script: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const found = await api.call<readonly { readonly name: string }[]>(
    "GET",
    `${pathOf(script)}/secrets`,
    { signal },
  );
  return found.map(({ name }) => name);
}

/** Makes a version of the Worker that has it, which takes its place. */
export async function putSecret(
  api: AccountApi,
  script: string,
  name: string,
  text: string,
  signal: AbortSignal,
): Promise<void> {
  const body = { type: "secret_text", name, text };
  await api.call("PUT", `${pathOf(script)}/secrets`, { body, signal });
}

/** What is gone already, alone or with its Worker, is a success. */
export async function deleteSecret(
  api: AccountApi,
  script: string,
  name: string,
  signal: AbortSignal,
): Promise<void> {
  const path = `${pathOf(script)}/secrets/${encodeURIComponent(name)}`;
  await unlessGone(api.call("DELETE", path, { signal }), WORKER_GONE, SECRET_GONE);
}
