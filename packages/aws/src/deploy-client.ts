import { AlienError } from "@alienplatform/core";
import type { Cloud, ConnectOptions } from "@alienplatform/deploy";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { awsCloud, openDeployClients } from "./aws-cloud.ts";
import type { AwsPlace } from "./aws-place.ts";
import { clientSettings } from "./client-settings.ts";
import { deployError } from "./deploy-errors.ts";
import { nearRegions, refuseMisspelt } from "./region.ts";

/** Connects to the account that the environment, the profile or the flags name. Asks AWS who is asking. */
export async function connect(options: ConnectOptions): Promise<Cloud> {
  const { stack, stage, signal } = options;
  const settings = clientSettings(options);
  if (typeof settings.region === "string") refuseMisspelt(settings.region);
  const sts = new STSClient(settings);
  const { account, region } = await identify(sts, signal).finally(() => sts.destroy());
  const clients = openDeployClients({ ...settings, region });
  return awsCloud(clients, { stack, stage, account, region });
}

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html asks for no permission at all. */
async function identify(
  sts: STSClient,
  signal: AbortSignal = new AbortController().signal,
): Promise<Pick<AwsPlace, "account" | "region">> {
  const doing = "asking AWS whose credentials these are";
  try {
    await sts.config.region().catch(withoutRegion);
    const asked = Promise.all([
      sts.config.region(),
      sts.send(new GetCallerIdentityCommand({}), { abortSignal: signal }),
    ]);
    // The SDK looks for credentials without it, at hosts that may not answer.
    const [region, { Account: account = "" }] = await Promise.race([asked, aborted(signal)]);
    return { account, region };
  } catch (error) {
    throw inRegion(deployError(error, doing), await named(sts));
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
  });
}

/** Neither a flag nor the environment nor the profile names one. What is missing next is said along with it. */
function withoutRegion(error: unknown): never {
  if (!(error instanceof Error && /region is missing/i.test(error.message))) throw error;
  throw new AlienError("REGION_INVALID", "no region of AWS is named", {
    fix: "Name one with --region or AWS_REGION (eu-central-1, us-east-1); credentials are needed too: aws sso login, AWS_PROFILE, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a role.",
    cause: error,
  });
}

/** A host of AWS that nobody knows is a region that does not exist. */
function inRegion(error: AlienError, region: string | undefined): AlienError {
  if (region === undefined || !error.message.includes(`ENOTFOUND sts.${region}.`)) return error;
  return new AlienError("REGION_INVALID", `AWS does not answer in the region "${region}"`, {
    fix: `Name a region that AWS has with --region or AWS_REGION (${nearRegions(region).join(", ")}), or look at the network.`,
    details: { region },
    cause: error.cause,
  });
}

async function named(sts: STSClient): Promise<string | undefined> {
  return sts.config.region().catch(() => undefined);
}
