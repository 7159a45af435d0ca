import { pathToFileURL } from "node:url";
import type { Collected } from "@alienplatform/core/collect";

/** What the import of a bundled alien.ts declares. */
export async function collectedBy(
  bundle: string,
): Promise<Collected<Readonly<Record<string, unknown>>>> {
  // The generated entry exports exactly this.
  const { collected } = (await import(pathToFileURL(bundle).href)) as {
    collected: Collected<Readonly<Record<string, unknown>>>;
  };
  return collected;
}
