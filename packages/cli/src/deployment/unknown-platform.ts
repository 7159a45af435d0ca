import { AlienError, nearest } from "@alienplatform/core";
import { deployable } from "./platforms.ts";

/** Throws OPTION_INVALID where an option names a platform that nothing can be deployed to. */
export function refuseUnknownPlatform(option: string, platform: string): void {
  if (deployable.includes(platform)) return;
  const near = nearest(platform, deployable);
  throw new AlienError("OPTION_INVALID", `${option}: there is no platform "${platform}"`, {
    fix:
      near.length === 0
        ? `Use one of ${deployable.join(", ")}.`
        : `Did you mean ${near.join(" or ")}?`,
    details: { platform, nearest: near },
  });
}
