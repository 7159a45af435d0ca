import { AlienError } from "@alienplatform/core";
import type { Cloud } from "./deploy-platform.ts";

/** What was thrown, named once: an error that has a name keeps it. */
export function asAlienError(cloud: Cloud, thrown: unknown, doing: string): AlienError {
  return thrown instanceof AlienError ? thrown : cloud.translate(thrown, doing);
}
