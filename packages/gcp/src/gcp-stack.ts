import type { DeclaredStack } from "@alienplatform/deploy";
import type { GcpPlace } from "./gcp-place.ts";

/** A stack at its place on Google Cloud. */
export type GcpStack = DeclaredStack<GcpPlace>;
