import { afterAll } from "vitest";
import { ownPort } from "../../own-port.ts";
import { installed } from "./installed.ts";
import { type AtEnd, Peer } from "./peer.ts";

/**
 * Starts fake-gcs-server, a Cloud Storage in Go, on a port of its own; it ends after the last test of the file. Answers its
 * endpoint, without a slash at the end. Call it once at the top of a test file.
 */
export async function startFakeGcsServer(atEnd: AtEnd = afterAll): Promise<string> {
  const port = await ownPort();
  const program = installed("fake-gcs-server", "fake-gcs-server");
  const place = ["-scheme", "http", "-host", "127.0.0.1", "-port", String(port)];
  const peer = new Peer("fake-gcs-server", program, [...place, "-backend", "memory"], atEnd);
  await peer.says(/server started/);
  return `http://127.0.0.1:${port}`;
}
