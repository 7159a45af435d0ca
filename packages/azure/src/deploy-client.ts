import { AlienError } from "@alienplatform/core";
import type { Cloud, ConnectOptions } from "@alienplatform/deploy";
import { azureCloud } from "./azure-cloud.ts";
import { type ClientSettings, clientSettings } from "./client-settings.ts";
import { type DeployClients, openDeployClients } from "./deploy-clients.ts";
import { deployError } from "./deploy-errors.ts";

/** Connects to the subscription that the environment names. Asks Azure whether it is there, and which directory it trusts. */
export async function connect(options: ConnectOptions): Promise<Cloud> {
  const { stack, stage } = options;
  const settings = clientSettings(options);
  const clients = openDeployClients(settings);
  const tenant = await identify(clients, settings, options.signal);
  const { subscription, region } = settings;
  return azureCloud(clients, { stack, stage, subscription, region }, tenant);
}

async function identify(
  { arm }: DeployClients,
  { subscription }: ClientSettings,
  signal: AbortSignal = new AbortController().signal,
): Promise<string> {
  const doing = "asking Azure for the subscription";
  try {
    const url = `${arm.endpoint}/subscriptions/${subscription}?api-version=2022-12-01`;
    const within = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]);
    const text = await arm.send("GET", url, { signal: within });
    // As https://learn.microsoft.com/rest/api/resources/subscriptions/get documents it.
    const { tenantId, state } = JSON.parse(text) as { readonly tenantId: string; state?: string };
    if (state === "Disabled" || state === "Deleted") throw disabled(subscription, state);
    return tenantId;
  } catch (thrown) {
    throw deployError(thrown, doing);
  }
}

const ANSWER_MS = 60_000;

function disabled(subscription: string, state: string): AlienError {
  const text = `the subscription ${subscription} is ${state.toLowerCase()}`;
  return new AlienError("PLATFORM_REFUSED", text, {
    fix: "Enable it in the portal, or set AZURE_SUBSCRIPTION_ID to another one.",
  });
}
