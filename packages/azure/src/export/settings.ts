import type { Json } from "@alienplatform/deploy";

/** Of a resource, in the provider's words; what is undefined is left out. */
export type Settings = Readonly<Record<string, Json | undefined>>;
