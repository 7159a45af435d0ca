import type { PlatformRuntime } from "@alienplatform/bindings";
import { AlienError } from "@alienplatform/core";

/** The platforms a binding can name; each is imported when a binding names it. */
const loaders: Readonly<Record<string, () => Promise<{ readonly runtime: PlatformRuntime }>>> = {
  local: () => import("@alienplatform/local/runtime"),
};

/**
 * Loads a platform by the name in a binding: the default of "#platform". A bundle made for one platform
 * has that platform's runtime in its place.
 */
export async function load(platform: string): Promise<PlatformRuntime> {
  const loader = Object.hasOwn(loaders, platform) ? loaders[platform] : undefined;
  if (loader === undefined) {
    const known = Object.keys(loaders).join(", ");
    throw new AlienError("PLATFORM_MISSING", `there is no platform "${platform}"`, {
      fix: `Use one of ${known}, or update @alienplatform/sdk.`,
      details: { platform },
    });
  }
  try {
    return (await loader()).runtime;
  } catch (cause) {
    if (!isMissing(cause, `@alienplatform/${platform}`)) throw cause;
    const text = `the package of platform "${platform}" is not installed`;
    throw new AlienError("PLATFORM_MISSING", text, {
      fix: `Run: npm install @alienplatform/${platform}`,
      details: { platform },
      cause,
    });
  }
}

/** Missing itself, not something that it imports in turn. */
function isMissing(error: unknown, name: string): boolean {
  return (
    error instanceof Error &&
    "code" in error &&
    error.code === "ERR_MODULE_NOT_FOUND" &&
    error.message.includes(`'${name}'`)
  );
}
