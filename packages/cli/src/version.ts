import { readFileSync } from "node:fs";
import { packageRoot } from "./package-root.ts";

/** The version in package.json. */
export function version(): string {
  const text = readFileSync(new URL("package.json", packageRoot()), "utf8");
  const manifest: { version: string } = JSON.parse(text);
  return manifest.version;
}
