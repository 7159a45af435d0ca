import type { PlatformOperate } from "@alienplatform/bindings/operate";
import { importPlatform } from "./import-platform.ts";

/** The operating halves of the platforms a binding can name; each is imported when a binding names it. */
const loaders: Readonly<Record<string, () => Promise<{ readonly operate: PlatformOperate }>>> = {
  aws: () => import("@alienplatform/aws/operate"),
  azure: () => import("@alienplatform/azure/operate"),
  cloudflare: () => import("@alienplatform/cloudflare/operate"),
  gcp: () => import("@alienplatform/gcp/operate"),
  local: () => import("@alienplatform/local/operate"),
};

/** Loads one by the name in a binding: the default of "#operate", which a bundle for one platform replaces. */
export async function load(platform: string): Promise<PlatformOperate> {
  return (await importPlatform(loaders, platform)).operate;
}
