import { afterAll } from "vitest";
import { ownPort } from "../../own-port.ts";
import { installed } from "./installed.ts";
import { smallJava } from "./java.ts";
import { type AtEnd, Peer } from "./peer.ts";

/** Where a started Pub/Sub listens: gRPC without TLS. Every project is there. */
export interface PubSubPeer {
  /** "127.0.0.1:port", as in PUBSUB_EMULATOR_HOST. */
  readonly host: string;
  readonly peer: Peer;
}

/** What it does otherwise than Pub/Sub, by the name of the case. */
export const emulatorExceptions = {
  "an aborted receive ends and leaves nothing on loan":
    "Google's emulator goes on serving a pull that was cancelled and lends it the next message, which comes back when its loan ends, as Pub/Sub documents for what nobody acknowledged: https://cloud.google.com/pubsub/docs/lease-management",
};

/**
 * Starts Google's Pub/Sub emulator on a port of its own; it ends after the last test of the file. Call it once at the
 * top of a test file: `const pubsub = await startPubSubEmulator();`.
 */
export async function startPubSubEmulator(atEnd: AtEnd = afterAll): Promise<PubSubPeer> {
  const port = await ownPort();
  const args = [...smallJava, "-jar", installed("pubsub", "emulator.jar"), "--host=127.0.0.1"];
  const peer = new Peer("the Pub/Sub emulator", "java", [...args, `--port=${port}`], atEnd);
  await peer.says(/Server started, listening on/);
  return { host: `127.0.0.1:${port}`, peer };
}
