import type { ConnectOptions, DeployPlatform, StateStore } from "@alienplatform/deploy";
import { importPlatform } from "@alienplatform/sdk/platforms";

/** The platforms that a stack can be deployed to. */
const platforms: Readonly<Record<string, () => Promise<{ readonly platform: DeployPlatform }>>> = {
  aws: () => import("@alienplatform/aws/deploy"),
  azure: () => import("@alienplatform/azure/deploy"),
  cloudflare: () => import("@alienplatform/cloudflare/deploy"),
  gcp: () => import("@alienplatform/gcp/deploy"),
};

type OpenStateStore = (
  url: string,
  options: Pick<ConnectOptions, "environment" | "region">,
) => StateStore;

/** Who keeps states, by the scheme of the URL. */
const stores: Readonly<
  Record<
    string,
    {
      readonly platform: string;
      readonly load: () => Promise<{ openStateStore: OpenStateStore }>;
    }
  >
> = {
  "s3:": { platform: "aws", load: () => import("@alienplatform/aws/state") },
  "gs:": { platform: "gcp", load: () => import("@alienplatform/gcp/state") },
  "azblob:": { platform: "azure", load: () => import("@alienplatform/azure/state") },
  // As Azure's portal shows a blob's address.
  "https:": { platform: "azure", load: () => import("@alienplatform/azure/state") },
};

/** The ids of all that can be deployed to. */
export const deployable: readonly string[] = Object.keys(platforms);

/** The deploy half of the platform of that name; PLATFORM_MISSING where there is none. */
export async function loadDeployPlatform(name: string): Promise<DeployPlatform> {
  return (await importPlatform(platforms, name)).platform;
}

/** Opens the object storage that a URL names; undefined where its scheme is nobody's. */
export async function openRemoteStore(
  url: string,
  environment: ConnectOptions["environment"],
): Promise<StateStore | undefined> {
  const scheme = URL.canParse(url) ? new URL(url).protocol : "";
  const store = Object.hasOwn(stores, scheme) ? stores[scheme] : undefined;
  if (store === undefined) return undefined;
  const { openStateStore } = await importPlatform({ [store.platform]: store.load }, store.platform);
  return openStateStore(url, { environment });
}

/** "s3://" */
export const remoteSchemes: readonly string[] = Object.keys(stores).map((scheme) => `${scheme}//`);
