import { existsSync } from "node:fs";

/** This package's folder: the same from src/ and from the chunks of a build. */
export function packageRoot(): URL {
  let folder = new URL(".", import.meta.url);
  while (!existsSync(new URL("package.json", folder))) folder = new URL("..", folder);
  return folder;
}
