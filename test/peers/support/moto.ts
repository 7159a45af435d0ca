import { afterAll } from "vitest";
import { installed } from "./installed.ts";
import { type AtEnd, Peer } from "./peer.ts";

/** Where a started SQS listens. Every region and every key is taken. */
export interface SqsPeer {
  /** For the client's `endpoint`, without a slash at the end. */
  readonly endpoint: string;
  readonly region: string;
  readonly accountId: string;
  readonly peer: Peer;
}

/**
 * Starts moto, an AWS in Python, on a port of its own; it ends after the last test of the file. Call it once at the top
 * of a test file: `const moto = await startMoto();`. `POST {endpoint}/moto-api/reset` forgets all queues.
 */
export async function startMoto(atEnd: AtEnd = afterAll): Promise<SqsPeer> {
  const program = installed("python", "bin", "moto_server");
  const peer = new Peer("moto", program, ["-H", "127.0.0.1", "-p", "0"], atEnd);
  const [, endpoint = ""] = await peer.says(/Running on (http:\S+)/);
  return { endpoint, region: "us-east-1", accountId: "123456789012", peer };
}
