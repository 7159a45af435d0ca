import { afterAll } from "vitest";
import { installed } from "./installed.ts";
import { smallJava } from "./java.ts";
import type { SqsPeer } from "./moto.ts";
import { type AtEnd, Peer } from "./peer.ts";

/** Its defaults, but on the loopback alone, on a free port, and with SQS's limits. */
const settings = {
  "node-address.host": "127.0.0.1",
  "generate-node-address": true,
  "rest-sqs.bind-hostname": "127.0.0.1",
  "rest-sqs.bind-port": 0,
  "rest-sqs.sqs-limits": "strict",
  "rest-stats.enabled": false,
};

/**
 * Starts ElasticMQ, an SQS in Scala that knows message move tasks, on a port of its own; it ends after the last test of
 * the file. Call it once at the top of a test file: `const mq = await startElasticMq();`.
 */
export async function startElasticMq(atEnd: AtEnd = afterAll): Promise<SqsPeer> {
  const properties = Object.entries(settings).map(([name, value]) => `-D${name}=${value}`);
  const classPath = installed("elasticmq", "*");
  const args = [...smallJava, ...properties, "-cp", classPath, "org.elasticmq.server.Main"];
  const peer = new Peer("ElasticMQ", "java", args, atEnd);
  const [, endpoint = ""] = await peer.says(
    /Started SQS rest server.*visible server address (\S+)/,
  );
  return { endpoint, region: "elasticmq", accountId: "000000000000", peer };
}
