import type { DeclaredStack } from "@alienplatform/deploy";
import type { CloudflarePlace } from "./cloudflare-place.ts";

/** A stack while it becomes what Cloudflare runs. */
export type CloudflareStack = DeclaredStack<CloudflarePlace>;
