import type { PlatformRuntime } from "@alienplatform/bindings";

/** The platform that a deployed function's entry has brought: "#platform" in a bundle with the condition "alien-provided". */
export let runtime: PlatformRuntime | undefined;

/**
 * Brings it. What reaches the platform through this module does not import it: the bundler wraps all that the user's file,
 * which is loaded late, imports in turn into functions of its own, and a vendor's SDK that is wrapped starts a third slower.
 */
export function providePlatform(brought: PlatformRuntime | undefined): void {
  runtime = brought;
}
