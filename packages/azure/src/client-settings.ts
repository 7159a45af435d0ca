import { AlienError } from "@alienplatform/core";
import { regionName } from "./azure-place.ts";

const PUBLIC = "https://management.azure.com";

/** What a process says of where to deploy. */
export interface ClientOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Goes before the environment. */
  readonly region?: string | undefined;
}

export interface ClientSettings {
  readonly subscription: string;
  readonly region: string;
  /** Another cloud of Azure's, or an emulator at http, which gets no credentials. */
  readonly endpoint: string;
}

/** The one reader of the environment for deploying; credentials are read by DefaultAzureCredential. */
export function clientSettings({ environment, region }: ClientOptions): ClientSettings {
  const subscription = environment.AZURE_SUBSCRIPTION_ID ?? "";
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(subscription)) {
    const text =
      subscription === ""
        ? "no subscription of Azure is named"
        : `AZURE_SUBSCRIPTION_ID is "${subscription}", which is no subscription's id`;
    throw new AlienError("CREDENTIALS_MISSING", text, {
      fix: "Set AZURE_SUBSCRIPTION_ID to what `az account show --query id --output tsv` prints.",
    });
  }
  const named = region ?? environment.AZURE_LOCATION ?? "";
  if (named === "") {
    throw new AlienError("REGION_INVALID", "no region of Azure is named", {
      fix: "Name one with --region or AZURE_LOCATION: westeurope, eastus2.",
    });
  }
  return {
    subscription: subscription.toLowerCase(),
    region: regionName(named),
    endpoint: armEndpoint(environment),
  };
}

/** Where Resource Manager answers, without a "/" at the end. */
export function armEndpoint(environment: ClientOptions["environment"]): string {
  return (environment.AZURE_RESOURCE_MANAGER_URL ?? PUBLIC).replace(/\/+$/, "");
}
