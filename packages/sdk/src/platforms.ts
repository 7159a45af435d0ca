import type { PlatformCapabilities } from "@alienplatform/bindings/declared";
import { importPlatform } from "./import-platform.ts";

export { importPlatform } from "./import-platform.ts";

/** What each platform says of itself, without its vendor's SDK. */
const loaders: Readonly<
  Record<string, () => Promise<{ readonly platform: PlatformCapabilities }>>
> = {
  aws: () => import("@alienplatform/aws/capabilities"),
  azure: () => import("@alienplatform/azure/capabilities"),
  cloudflare: () => import("@alienplatform/cloudflare/capabilities"),
  gcp: () => import("@alienplatform/gcp/capabilities"),
  local: () => import("@alienplatform/local/capabilities"),
};

/** What the platform of that name can; PLATFORM_MISSING where there is none, or its package is not installed. */
export async function loadCapabilities(platform: string): Promise<PlatformCapabilities> {
  return (await importPlatform(loaders, platform)).platform;
}
