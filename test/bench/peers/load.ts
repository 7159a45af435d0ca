import { createRequire } from "node:module";

/** Loads a peer's package, which `npm run bench:peers` installs beside this file, outside the repository's own packages. */
export function loadPeer(name: string): unknown {
  try {
    return createRequire(import.meta.url)(name);
  } catch (error) {
    throw new Error(`the peer ${name} is not installed; run npm run bench:peers`, { cause: error });
  }
}
