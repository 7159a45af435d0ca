import { AlienError } from "@alienplatform/core";
import type { Cloud, ConnectOptions } from "@alienplatform/deploy";
import { AccountApi, ApiRefusal, apiSettings } from "./api-client.ts";
import { cloudflareCloud } from "./cloudflare-cloud.ts";
import { deployError } from "./deploy-errors.ts";

/** Connects to the account that the environment names. Asks Cloudflare for its first queue: a token that cannot is told now. */
export async function connect({
  stack,
  stage,
  environment,
  region,
  signal = new AbortController().signal,
}: ConnectOptions): Promise<Cloud> {
  if (region !== undefined) {
    throw new AlienError("OPTION_INVALID", "Cloudflare has no regions to choose from", {
      fix: "Leave out --region.",
    });
  }
  const settings = apiSettings(environment);
  const api = new AccountApi(settings);
  const { account } = settings;
  const doing = `asking Cloudflare for account ${account}`;
  try {
    const query = { per_page: "1" };
    await api.call("GET", "/queues", { query, signal });
  } catch (error) {
    throw wrongAccount(error, account) ?? deployError(error, doing);
  }
  return cloudflareCloud(api, { stack, stage, account });
}

/** "Could not route to …, perhaps your object identifier is invalid?" is said of an account's id that is none. */
function wrongAccount(error: unknown, account: string): AlienError | undefined {
  if (!(error instanceof ApiRefusal) || !error.errors.some(({ code }) => code === 7_003)) {
    return undefined;
  }
  return new AlienError("CREDENTIALS_MISSING", `Cloudflare knows no account "${account}"`, {
    fix: "Set CLOUDFLARE_ACCOUNT_ID to the account's id: https://developers.cloudflare.com/fundamentals/account/find-account-and-zone-ids/",
    details: { variable: "CLOUDFLARE_ACCOUNT_ID" },
    cause: error,
  });
}
