import type { DeployPlatform, Place } from "@alienplatform/deploy";
import { platform as aws } from "../../../packages/aws/src/deploy.ts";
import { platform as azure } from "../../../packages/azure/src/deploy.ts";
import { SUBSCRIPTION } from "../../../packages/azure/test/arm/account.ts";
import { platform as cloudflare } from "../../../packages/cloudflare/src/deploy.ts";
import { AccountServer } from "../../../packages/cloudflare/test/account/account-server.ts";
import { platform as gcp } from "../../../packages/gcp/src/deploy.ts";
import { startAws } from "../../peers/support/aws/start-aws.ts";
import { AwsWire } from "./aws-wire.ts";
import { AzureWire } from "./azure-wire.ts";
import { CloudflareWire } from "./cloudflare-wire.ts";
import { GoogleWire } from "./google-wire.ts";
import type { Wire } from "./wire.ts";

/** Whom the campaign deploys to. */
export interface Vendor {
  readonly platform: DeployPlatform;
  /** The script of the processes. */
  readonly actor: string;
  /** Of any stack of the account. */
  readonly place: Place;
  /** Whether its queues may be FIFO; so they may unless this says no. */
  readonly ordered?: boolean;
  openWire(): Promise<Wire>;
}

/** AWS is moto, which all stages share. */
export async function awsVendor(atEnd: (stop: () => Promise<void>) => void): Promise<Vendor> {
  process.env.AWS_ACCESS_KEY_ID ??= "any";
  process.env.AWS_SECRET_ACCESS_KEY ??= "any";
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";
  const { endpoint, region, accountId: account } = await startAws({ atEnd });
  process.env.AWS_REGION = region;
  return {
    platform: aws,
    actor: "actor-aws.ts",
    place: { platform: "aws", stack: "any", stage: "dev", settings: { account, region } },
    openWire: () => AwsWire.open(endpoint),
  };
}

/** Google is a server of the tests for each stage. */
export function googleVendor(): Vendor {
  const settings = { project: "shop-prod", number: "123456789012", region: "europe-west1" };
  return {
    platform: gcp,
    actor: "actor-gcp.ts",
    place: { platform: "gcp", stack: "any", stage: "dev", settings },
    openWire: () => GoogleWire.open(),
  };
}

/** Azure is a subscription of the tests' server for each stage. */
export function azureVendor(): Vendor {
  const settings = { subscription: SUBSCRIPTION, region: "westeurope" };
  return {
    platform: azure,
    actor: "actor-azure.ts",
    place: { platform: "azure", stack: "any", stage: "dev", settings },
    openWire: () => AzureWire.open(),
  };
}

/** Cloudflare is an account of the tests' server for each stage. */
export function cloudflareVendor(): Vendor {
  const settings = { account: AccountServer.accountId };
  return {
    platform: cloudflare,
    actor: "actor-cloudflare.ts",
    place: { platform: "cloudflare", stack: "any", stage: "dev", settings },
    ordered: false,
    openWire: () => CloudflareWire.open(),
  };
}
