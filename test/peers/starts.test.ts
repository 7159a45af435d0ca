import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ListMessageMoveTasksCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
  StartMessageMoveTaskCommand,
} from "@aws-sdk/client-sqs";
import { PubSub } from "@google-cloud/pubsub";
import { describe, expect, it } from "vitest";
import { inTemporaryDirectory } from "../../examples/in-temporary-directory.ts";
import { startElasticMq } from "./support/elasticmq.ts";
import { startLambdaRic } from "./support/lambda-ric.ts";
import type { SqsPeer } from "./support/moto.ts";
import { startMoto } from "./support/moto.ts";
import { startPstest } from "./support/pstest.ts";
import { type PubSubPeer, startPubSubEmulator } from "./support/pubsub-emulator.ts";
import { python } from "./support/python.ts";

const [moto, elasticMq, emulator, pstest] = await Promise.all([
  startMoto(),
  startElasticMq(),
  startPubSubEmulator(),
  startPstest(),
]);

/** A client as a user makes it, but for the keys, which any will do. */
function sqsOf({ endpoint, region }: SqsPeer): SQSClient {
  return new SQSClient({
    endpoint,
    region,
    credentials: { accessKeyId: "any", secretAccessKey: "any" },
  });
}

/** A queue that keeps its dead letters in another. */
async function queueWithDeadLetters(sqs: SQSClient) {
  const dead = await sqs.send(new CreateQueueCommand({ QueueName: "tasks-dead" }));
  const { Attributes: { QueueArn: deadArn = "" } = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: dead.QueueUrl, AttributeNames: ["QueueArn"] }),
  );
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: deadArn, maxReceiveCount: 5 });
  const source = await sqs.send(
    new CreateQueueCommand({ QueueName: "tasks", Attributes: { RedrivePolicy } }),
  );
  return { source: source.QueueUrl, dead: dead.QueueUrl, deadArn };
}

async function passesMessages(sqs: SQSClient, from: string | undefined, to = from) {
  await sqs.send(new SendMessageCommand({ QueueUrl: from, MessageBody: "hello" }));
  return async () => {
    const answer = await sqs.send(new ReceiveMessageCommand({ QueueUrl: to, WaitTimeSeconds: 10 }));
    return answer.Messages?.map(({ Body }) => Body);
  };
}

describe("the peers that CI installs", () => {
  it("moto answers Amazon's own client", async () => {
    const sqs = sqsOf(moto);
    const { source } = await queueWithDeadLetters(sqs);
    const receive = await passesMessages(sqs, source);
    expect(await receive()).toEqual(["hello"]);
  });

  it("ElasticMQ moves dead letters back to their source", async () => {
    const sqs = sqsOf(elasticMq);
    const { source, dead, deadArn } = await queueWithDeadLetters(sqs);
    const receive = await passesMessages(sqs, dead, source);
    await sqs.send(new StartMessageMoveTaskCommand({ SourceArn: deadArn }));
    expect(await receive()).toEqual(["hello"]);
    const { Results } = await sqs.send(new ListMessageMoveTasksCommand({ SourceArn: deadArn }));
    expect(Results).toHaveLength(1);
  });

  it.each([
    ["Google's Pub/Sub emulator", emulator],
    ["pstest", pstest],
  ])("%s answers Google's own client", async (_name, { host }: PubSubPeer) => {
    const pubsub = new PubSub({ projectId: "any", apiEndpoint: host, emulatorMode: true });
    try {
      const [topic] = await pubsub.createTopic("tasks");
      const [subscription] = await topic.createSubscription("tasks");
      await topic.publishMessage({ data: Buffer.from("hello") });
      const received = await new Promise((resolve, reject) => {
        subscription.on("error", reject).on("message", (message) => {
          message.ack();
          resolve(message.data.toString());
        });
      });
      expect(received).toBe("hello");
      await subscription.close();
    } finally {
      await pubsub.close();
    }
  });

  it("AWS's Lambda runtime client runs a handler, and tells its errors", () =>
    inTemporaryDirectory(async (directory) => {
      const bundle = join(directory, "index.mjs");
      await writeFile(
        bundle,
        `export const handler = async (event) => {
          if (event.exit) process.exit(3);
          if (event.fail) throw new RangeError("as asked");
          return { seen: event, name: process.env.NAME };
        };`,
      );
      const stops: (() => Promise<void>)[] = [];
      try {
        const atEnd = (stop: () => Promise<void>) => void stops.push(stop);
        const env = { NAME: "worker" };
        const { invoke } = await startLambdaRic(bundle, "index.handler", { env, atEnd });
        expect(await invoke({ a: 1 })).toEqual({ seen: { a: 1 }, name: "worker" });
        await expect(invoke({ fail: true })).rejects.toMatchObject({
          name: "RangeError",
          message: "as asked",
        });
        expect(await invoke({ a: 2 })).toMatchObject({ seen: { a: 2 } });
        await expect(invoke({ exit: true })).rejects.toThrow("the function's process ended");
      } finally {
        await Promise.all(stops.map((stop) => stop()));
      }
    }));

  it("Python runs Microsoft's own client of Service Bus", async () => {
    const script = fileURLToPath(new URL("python/connection-string.py", import.meta.url));
    expect(
      await python(script, [
        "Endpoint=sb://127.0.0.1:5673;SharedAccessKeyName=any;SharedAccessKey=any",
      ]),
    ).toBe("127.0.0.1:5673\n");
    await expect(python(script, ["nonsense"])).rejects.toThrow(/Connection string/i);
  });
});
