import type { PlatformRuntime } from "@alienplatform/bindings";
import { AlienError } from "@alienplatform/core";
import * as chosen from "#platform";

interface PlatformModule {
  readonly load?: (name: string) => Promise<PlatformRuntime>;
  readonly runtime?: PlatformRuntime;
}

/** The runtime of the platform that a binding names. */
export async function loadPlatform(name: string): Promise<PlatformRuntime> {
  // "#platform" is the lazy loader or, in a bundle for one platform, that platform's runtime module.
  const { load, runtime }: PlatformModule = { ...chosen };
  if (runtime === undefined && load !== undefined) return load(name);
  if (runtime?.platform === name) return runtime;
  throw madeFor(runtime?.platform, name);
}

/** A bundle for one platform met a binding of another. */
export function madeFor(platform: string | undefined, name: string): AlienError {
  return new AlienError(
    "PLATFORM_MISSING",
    `this bundle was made for "${platform ?? "no platform"}"; the binding names "${name}"`,
    { fix: `Deploy to "${name}" again.`, details: { platform: name } },
  );
}
