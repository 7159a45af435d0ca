import type { PlatformRuntime } from "@alienplatform/bindings";
import { importPlatform } from "./import-platform.ts";

/** The platforms a binding can name; each is imported when a binding names it. */
const loaders: Readonly<Record<string, () => Promise<{ readonly runtime: PlatformRuntime }>>> = {
  aws: () => import("@alienplatform/aws/runtime"),
  azure: () => import("@alienplatform/azure/runtime"),
  cloudflare: () => import("@alienplatform/cloudflare/runtime"),
  gcp: () => import("@alienplatform/gcp/runtime"),
  local: () => import("@alienplatform/local/runtime"),
};

/**
 * Loads a platform by the name in a binding: the default of "#platform". A bundle made for one platform
 * has that platform's runtime in its place.
 */
export async function load(platform: string): Promise<PlatformRuntime> {
  return (await importPlatform(loaders, platform)).runtime;
}
