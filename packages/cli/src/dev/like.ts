import { randomInt } from "node:crypto";
import type { LoadedStack } from "@alienplatform/deploy";
import { loadCapabilities } from "@alienplatform/sdk/platforms";
import { refuseUnknownPlatform } from "../deployment/unknown-platform.ts";

/** The platform that dev is to behave like. */
export interface Like {
  readonly platform: string;
  /** Of the order in which messages come, and of which come twice. */
  readonly seed: number;
  /** What is given back unhandled uses up an attempt. */
  readonly releasesCount: boolean;
}

/** Throws OPTION_INVALID where there is no such platform, and PLATFORM_MISSING where its package is not installed. */
export async function likeOf(
  platform: string | undefined,
  seed: number | undefined,
): Promise<Like | undefined> {
  if (platform === undefined) return undefined;
  refuseUnknownPlatform("--like", platform);
  const { queue } = await loadCapabilities(platform);
  // Of a service's queues either all count, or none.
  const { release } = queue({});
  return { platform, seed: seed ?? randomInt(1, 1_000_000), releasesCount: !release };
}

/** The stack as if it named that platform as one of its own: it is held to what that can. */
export function heldLike(loaded: LoadedStack, like: Like | undefined): LoadedStack {
  if (like === undefined) return loaded;
  const platforms = [...new Set([...loaded.stack.platforms, like.platform])];
  return { ...loaded, stack: { ...loaded.stack, platforms } };
}

/** What the functions' processes do on purpose. */
export function likeEnvironment(like: Like | undefined): Readonly<Record<string, string>> {
  if (like === undefined) return {};
  const { seed, releasesCount } = like;
  return {
    ALIEN_UNRELIABLE_SEED: String(seed),
    ...(releasesCount ? { ALIEN_RELEASES_COUNT: "1" } : {}),
  };
}

/** What is different from here, and how to have the same again. */
export function printLike({ platform, seed, releasesCount }: Like): string {
  const counted = releasesCount ? ", and what is given back counts as an attempt" : "";
  return `like ${platform}: its limits are held, messages of queues that are not FIFO come in another order, and one in twenty comes twice${counted}; the same again with --like ${platform} --seed ${seed}`;
}
