import { QueueClient, type QueueOptions } from "@alienplatform/bindings";
import {
  defaultOptions,
  inRealTime,
  queueConformance,
  realTimeClock,
  type WorldClock,
} from "@alienplatform/bindings/conformance";
import { SQSClient, StartMessageMoveTaskCommand } from "@aws-sdk/client-sqs";
import { afterAll, expect, it, vi } from "vitest";
import { openSqsWorld } from "../../packages/aws/test/sqs-world.ts";
import { startElasticMq } from "./support/elasticmq.ts";
import { LargeApart } from "./support/large-apart.ts";

vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");

const { endpoint, region, accountId } = await startElasticMq();
const admin = new SQSClient({ region, endpoint });
afterAll(() => admin.destroy());

function open(options: QueueOptions, clock: WorldClock) {
  return openSqsWorld({
    endpoint,
    region,
    clock,
    options,
    admin,
    waitMs: 1_000,
    pollSeconds: 2,
  });
}

const runner = new LargeApart();
queueConformance({
  name: "SQS on ElasticMQ",
  runner,
  ...inRealTime(open),
  except: {
    "repeating the same outcome with the same receipt succeeds":
      "ElasticMQ refuses the second deletion of a message; in SQS it succeeds: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteMessage.html",
  },
});
runner.end("SQS on ElasticMQ, large messages");

it("a dead letter that a move task of SQS brings back is alive, with a fresh budget", async () => {
  const world = await open(defaultOptions, realTimeClock());
  const { driver, operator, clock, options, deadLetterUrl } = world;
  const client = new QueueClient<unknown>(driver, { queue: "tasks", options, clock });
  const receive = async () => {
    const [message] = await client.receive(1, { wait: "10s" });
    if (message === undefined) throw new Error("no message came");
    return message;
  };
  const { id } = await client.send({ n: 1 }, { attributes: { tenant: "acme" } });
  await client.deadLetter(await receive(), "no such account");
  const name = deadLetterUrl.split("/").at(-1);
  const SourceArn = `arn:aws:sqs:${region}:${accountId}:${name}`;
  await admin.send(new StartMessageMoveTaskCommand({ SourceArn }));
  for (let attempt = 1; attempt <= options.maxAttempts; attempt++) {
    const message = await receive();
    expect(message).toMatchObject({ id, attempt, payload: { n: 1 } });
    expect([message.attributes.tenant, message.dead]).toEqual(["acme", undefined]);
    await client.nack(message, { reason: "still none" });
  }
  const letters = await operator.deadLetters({ limit: 10 });
  expect(letters).toMatchObject([{ id, attempts: 3, error: { message: "still none" } }]);
  await client.close();
  await world.close();
});
