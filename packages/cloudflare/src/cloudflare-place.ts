import type { Place } from "@alienplatform/deploy";

/** Where a stage is on Cloudflare: all that names and addresses are made of. */
export interface CloudflarePlace {
  readonly stack: string;
  readonly stage: string;
  /** The account's id, 32 hexadecimal digits. Cloudflare has no regions to choose from. */
  readonly account: string;
}

/** What `connect` found, checked: it comes out of plans and states too. */
export function cloudflarePlace({ stack, stage, settings }: Place): CloudflarePlace {
  const { account } = settings;
  if (account === undefined) {
    throw new TypeError("a place on Cloudflare has { settings: { account } }");
  }
  return { stack, stage, account };
}
