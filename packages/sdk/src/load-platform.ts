import type { PlatformRuntime } from "@alienplatform/bindings";
import { AlienError } from "@alienplatform/core";
import * as chosen from "#platform";

/** The runtime of the platform that a binding names. */
export async function loadPlatform(name: string): Promise<PlatformRuntime> {
  // "#platform" is the lazy loader or, in a bundle for one platform, that platform's runtime module.
  const module: { readonly load?: unknown; readonly runtime?: PlatformRuntime } = chosen;
  if (module.runtime === undefined) return chosen.load(name);
  if (module.runtime.platform === name) return module.runtime;
  throw new AlienError(
    "PLATFORM_MISSING",
    `this bundle was made for "${module.runtime.platform}"; the binding names "${name}"`,
    { fix: `Deploy to "${name}" again.`, details: { platform: name } },
  );
}
