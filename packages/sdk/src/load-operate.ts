import type { PlatformOperate } from "@alienplatform/bindings/operate";
import * as chosen from "#operate";
import { madeFor } from "./load-platform.ts";

interface OperateModule {
  readonly load?: (name: string) => Promise<PlatformOperate>;
  readonly operate?: PlatformOperate;
}

/** The operating half of the platform that a binding names. */
export async function loadOperate(name: string): Promise<PlatformOperate> {
  // "#operate" is the lazy loader or, in a bundle for one platform, that platform's operate module.
  const { load, operate }: OperateModule = { ...chosen };
  if (operate === undefined && load !== undefined) return load(name);
  if (operate?.platform === name) return operate;
  throw madeFor(operate?.platform, name);
}
