import { spawn } from "node:child_process";
import { once } from "node:events";
import { CreateQueueCommand, SQSClient } from "@aws-sdk/client-sqs";
import { buildApp } from "fauxqs";

// An SQS of this machine. With your own account leave out the endpoint and the keys.
const endpoint = await buildApp({ logger: false }).listen({ port: 0, host: "127.0.0.1" });
const region = "us-east-1";
const keys = { AWS_ACCESS_KEY_ID: "any", AWS_SECRET_ACCESS_KEY: "any" };

// What deploy makes: the queue, and the one that its dead letters go to.
const credentials = { accessKeyId: "any", secretAccessKey: "any" };
const sqs = new SQSClient({ endpoint, region, credentials });
const make = async (QueueName: string) =>
  (await sqs.send(new CreateQueueCommand({ QueueName }))).QueueUrl;
const address = {
  url: await make("orders"),
  deadLetterUrl: await make("orders-dead"),
  region,
  endpoint,
};

// What deploy writes. It is all that changes between this machine and a cloud.
const binding = {
  version: 1,
  platform: "aws",
  queue: "orders",
  options: {
    maxAttempts: 3,
    backoff: { initialMs: 1_000, factor: 2, maxMs: 300_000, jitter: "full" },
    leaseMs: 30_000,
    retentionMs: 4 * 24 * 3_600_000,
    idempotency: { conflict: "original" },
  },
  address,
};
const env = { ...process.env, ...keys, ALIEN_ORDERS_BINDING: JSON.stringify(binding) };
console.log(`orders are in ${address.url}`);
for (const script of ["send", "worker"]) {
  await once(spawn("npm", ["run", "--silent", script], { env, stdio: "inherit" }), "exit");
}
process.exit();
