import type { Owner } from "@alienplatform/deploy";
import type { AccountApi } from "../api-client.ts";
import { ownerOf } from "./owner-tags.ts";

/** A Worker among those of an account, and whose it is; undefined where nobody marked it. */
export interface ListedWorker {
  readonly name: string;
  readonly owner: Owner | undefined;
}

/** All Workers of the account: https://developers.cloudflare.com/api/resources/workers/subresources/scripts/methods/list/ */
export async function listWorkers(
  api: AccountApi,
  signal: AbortSignal,
): Promise<readonly ListedWorker[]> {
  const scripts = await api.call<
    readonly { readonly id: string; readonly tags?: readonly string[] | null }[]
  >("GET", "/workers/scripts", { signal });
  return scripts.map(({ id, tags }) => ({ name: id, owner: ownerOf(tags) }));
}
