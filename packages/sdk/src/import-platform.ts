import { AlienError, installFix } from "@alienplatform/core";

/** Imports a module of a platform's package; what is not there is said by the package's name. */
export async function importPlatform<Module>(
  loaders: Readonly<Record<string, () => Promise<Module>>>,
  platform: string,
): Promise<Module> {
  const loader = Object.hasOwn(loaders, platform) ? loaders[platform] : undefined;
  if (loader === undefined) {
    const known = Object.keys(loaders).join(", ");
    throw new AlienError("PLATFORM_MISSING", `there is no platform "${platform}"`, {
      fix: `Use one of ${known}, or update @alienplatform/sdk.`,
      details: { platform },
    });
  }
  try {
    return await loader();
  } catch (cause) {
    if (!isMissing(cause, `@alienplatform/${platform}`)) throw cause;
    const text = `the package of platform "${platform}" is not installed`;
    throw new AlienError("PLATFORM_MISSING", text, {
      fix: installFix([`@alienplatform/${platform}`]),
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
