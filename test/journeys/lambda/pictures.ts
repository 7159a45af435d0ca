import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { target } from "@alienplatform/aws/deploy";
import { type QueueBinding, readEnvelope } from "@alienplatform/bindings";
import { bundleFunction, loadStack } from "@alienplatform/deploy";
import { queue } from "@alienplatform/sdk";
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { expect, vi } from "vitest";
import { Fauxqs } from "../../../packages/aws/test/fauxqs/fauxqs.ts";
import { EventSourceMapping } from "../../../packages/aws/test/lambda/event-source-mapping.ts";
import type { ImageTask } from "../../../src/image-task.ts";
import { pictures } from "../../../src/pictures.ts";
import { root } from "../../source-files.ts";

/** A function that waits for its invocations. */
export interface RunningLambda {
  invoke(event: unknown): Promise<unknown>;
  /** What it wrote to stderr. */
  said(): string;
}

/** Starts it in its bundle's folder. */
export type StartLambda = (
  bundle: string,
  options: {
    readonly env: Readonly<Record<string, string>>;
    readonly atEnd: (stop: () => Promise<void>) => void;
  },
) => Promise<RunningLambda>;

const credentials = { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" };

/**
 * The stack of this repository's own alien.ts on SQS and Lambda: its worker, bundled as deploy bundles it, makes
 * thumbnails of all pictures; one file that is no picture is retried and becomes a dead letter.
 */
export async function picturesOnLambda(start: StartLambda): Promise<void> {
  const stops: (() => Promise<void>)[] = [];
  const atEnd = (stop: () => Promise<void>) => void stops.unshift(stop);
  try {
    await run(start, atEnd);
  } finally {
    for (const stop of stops) await stop();
    vi.unstubAllEnvs();
  }
}

async function run(start: StartLambda, atEnd: (stop: () => Promise<void>) => void): Promise<void> {
  const home = join(root, "test", "journeys", ".alien");
  await mkdir(home, { recursive: true });
  const folder = await mkdtemp(join(home, "lambda-"));
  atEnd(() => rm(folder, { recursive: true }));

  let nowMs = Date.UTC(2030, 0, 1);
  const fauxqs = await Fauxqs.start(nowMs);
  atEnd(() => fauxqs.stop());
  for (const [name, value] of Object.entries(credentials)) vi.stubEnv(name, value);
  const sqs = new SQSClient({ region: "us-east-1", endpoint: fauxqs.endpoint });
  const create = async (QueueName: string) =>
    (await sqs.send(new CreateQueueCommand({ QueueName }))).QueueUrl ?? "";
  const url = await create("images-tasks");
  const deadLetterUrl = await create("images-tasks-dead");

  // What deploy would write.
  const stack = await loadStack(join(root, "alien.ts"));
  const [tasks] = stack.stack.resources.filter((each) => each.type === "queue");
  const [worker] = stack.stack.resources.filter((each) => each.type === "function");
  if (tasks === undefined || worker === undefined) throw new Error("alien.ts declares neither");
  const arn = "arn:aws:sqs:us-east-1:000000000000:images-tasks";
  const address = { url, deadLetterUrl, region: "us-east-1", endpoint: fauxqs.endpoint };
  const { id, maxAttempts, backoff, leaseMs, retentionMs, idempotency } = tasks;
  const options = { maxAttempts, backoff, leaseMs, retentionMs, idempotency };
  const binding: QueueBinding = { version: 1, platform: "aws", queue: id, options, address };
  const environment = { ALIEN_TASKS_BINDING: JSON.stringify(binding) };
  const bundle = await bundleFunction({
    stack,
    function: worker,
    mode: "deploy",
    target,
    sources: { [arn]: "tasks" },
    outDir: join(folder, "bundles"),
  });
  await bundle.dispose();

  vi.stubEnv("ALIEN_TASKS_BINDING", environment.ALIEN_TASKS_BINDING);
  const broken = join(folder, "broken.jpg");
  await writeFile(broken, "no picture");
  const sender = await queue<ImageTask>("tasks");
  for (const picture of [...pictures(), { imageId: "broken", file: broken }]) {
    await sender.send("tasks", { type: "process-image", ...picture });
  }
  await sender.close();

  const lambda = await start(bundle.file, {
    env: {
      ...credentials,
      ...environment,
      ALIEN_FUNCTION: JSON.stringify({ id: worker.id, triggers: worker.triggers }),
    },
    atEnd,
  });
  const mapping = new EventSourceMapping({
    sqs,
    url,
    arn,
    batchSize: 10,
    invoke: (event) => lambda.invoke(event),
  });
  const polls: unknown[] = [];
  for (let poll = 0; poll < 4; poll++) {
    polls.push(await mapping.poll());
    nowMs += 1_000;
    await fauxqs.windTo(nowMs);
  }
  expect(polls, lambda.said()).toEqual([
    { taken: 7, deleted: 6 },
    { taken: 1, deleted: 0 },
    { taken: 1, deleted: 1 },
    { taken: 0, deleted: 0 },
  ]);
  const made = await readdir(join(dirname(bundle.file), "out", "thumbnails"));
  expect(made.sort()).toEqual(pictures().map(({ imageId }) => `${imageId}.webp`));

  const letters = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl: deadLetterUrl, MessageAttributeNames: ["All"] }),
  );
  expect(letters.Messages).toHaveLength(1);
  const [{ Body = "", MessageAttributes } = {}] = letters.Messages ?? [];
  expect(JSON.parse(Body)).toMatchObject({ imageId: "broken" });
  const { envelope } = readEnvelope(MessageAttributes?.alien?.StringValue, { id: "", sentAt: 0 });
  expect(envelope.headers.dead).toMatchObject({ source: "tasks", attempts: 3 });
  sqs.destroy();
}
