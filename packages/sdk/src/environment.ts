import type { PlatformRuntime } from "@alienplatform/bindings";
import * as chosen from "#platform";

interface PlatformModule {
  readonly load?: unknown;
  readonly runtime?: PlatformRuntime;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** The variables of this process. Not every runtime has process.env: there the platform of the bundle knows. */
export function environment(): Environment {
  // "#platform" is a runtime module only in a bundle for one platform; see load-platform.ts.
  const { runtime }: PlatformModule = { ...chosen };
  return runtime?.environment?.() ?? globalThis.process?.env ?? {};
}
