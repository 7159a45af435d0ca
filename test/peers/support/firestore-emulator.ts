import { afterAll } from "vitest";
import { ownPort } from "../../own-port.ts";
import { installed } from "./installed.ts";
import { smallJava } from "./java.ts";
import { type AtEnd, Peer } from "./peer.ts";

/** The jar names none. */
const MAIN = "com.google.cloud.datastore.emulator.firestore.CloudFirestore";

/**
 * Starts Google's Firestore emulator on a port of its own; it ends after the last test of the file. Answers where it
 * listens: "http://127.0.0.1:port". Every project and every database is there, and everybody may use it.
 */
export async function startFirestoreEmulator(atEnd: AtEnd = afterAll): Promise<string> {
  const port = await ownPort();
  const jar = installed("firestore", "emulator.jar");
  const place = ["--host=127.0.0.1", `--port=${port}`];
  const peer = new Peer(
    "the Firestore emulator",
    "java",
    [...smallJava, "-cp", jar, MAIN, ...place],
    atEnd,
  );
  await peer.says(/Dev App Server is now running/);
  return `http://127.0.0.1:${port}`;
}
