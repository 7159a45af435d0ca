import { afterAll } from "vitest";
import { installed } from "./installed.ts";
import { type AtEnd, Peer } from "./peer.ts";
import type { PubSubPeer } from "./pubsub-emulator.ts";

/**
 * Starts pstest, the Pub/Sub that Google's Go client is tested with, on a port of its own; it ends after the last test
 * of the file. Call it once at the top of a test file: `const pubsub = await startPstest();`.
 */
export async function startPstest(atEnd: AtEnd = afterAll): Promise<PubSubPeer> {
  const peer = new Peer("pstest", installed("pstest", "pstest"), [], atEnd);
  const [, host = ""] = await peer.says(/listening on (\S+)/);
  return { host, peer };
}
