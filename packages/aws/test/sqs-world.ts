import type { QueueOptions } from "@alienplatform/bindings";
import { alone, type QueueWorld, type WorldClock } from "@alienplatform/bindings/conformance";
import {
  CreateQueueCommand,
  DeleteQueueCommand,
  SendMessageCommand,
  type SendMessageCommandInput,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import type { SqsClients } from "../src/client.ts";
import { SqsQueueDriver } from "../src/queue/driver.ts";
import { SqsQueueOperator } from "../src/queue/operator.ts";
import { type SqsQueue, sqsQueueOf } from "../src/queue/sqs-queue.ts";
import type { FakeScheduler } from "./schedule/fake-scheduler.ts";

export interface SqsWorldOptions {
  /** Of an emulator; the service itself unless told otherwise. */
  readonly endpoint?: string;
  readonly clock: WorldClock;
  readonly options: QueueOptions;
  /** For what no driver does: queues are made and removed with it. */
  readonly admin: SQSClient;
  /** Tells of every connection that is opened. */
  readonly onClients?: (clients: SqsClients) => void;
  /** How long the operator waits for an empty answer to count as the end. */
  readonly waitMs: number;
  readonly region?: string;
  /** What the queues' names begin with. */
  readonly prefix?: string;
  /** How long a poll may last: one that a consumer has left gives back late what it brings. */
  readonly pollSeconds?: number;
  /** After how many receives SQS itself moves a message to the dead letters; 1,000, as deploy says, unless told otherwise. */
  readonly maxReceiveCount?: number;
  /** Whether the binding says that all messages go in one group of SQS. */
  readonly oneGroup?: boolean;
  /** What delays the messages of FIFO queues, as deploy makes it; without it nothing does. */
  readonly scheduler?: FakeScheduler;
  /** Is given what it sends. */
  readonly onDue?: (send: () => Promise<void>) => Promise<void>;
}

export interface SqsWorld extends QueueWorld {
  readonly operator: SqsQueueOperator;
  readonly url: string;
  readonly deadLetterUrl: string;
}

let worlds = 0;

const ROLE = "arn:aws:iam::000000000000:role/alien/images/test/us-east-1/schedules";

/** Queues of its own on an emulator, as deploy makes them, and their drivers. */
export async function openSqsWorld(given: SqsWorldOptions): Promise<SqsWorld> {
  const { endpoint, clock, options, admin, onClients, waitMs } = given;
  const prefix = `${given.prefix ?? `w${process.pid}-`}${++worlds}`;
  const made: string[] = [];
  const make = async (name: string, attributes: Record<string, string>) => {
    const fifo = options.fifo !== undefined;
    const { QueueUrl = "" } = await admin.send(
      new CreateQueueCommand({
        QueueName: `${prefix}-${name}${fifo ? ".fifo" : ""}`,
        Attributes: { ...attributes, ...(fifo ? { FifoQueue: "true" } : {}) },
      }),
    );
    made.push(QueueUrl);
    return QueueUrl;
  };
  const { region = "us-east-1", pollSeconds = 20 } = given;
  // A queue's URL ends with its account and its name.
  const arnOf = (url: string) => ["arn:aws:sqs", region, ...url.split("/").slice(-2)].join(":");
  const own = (deadLetterUrl: string) => ({
    VisibilityTimeout: String(Math.ceil(options.leaseMs / 1_000)),
    MessageRetentionPeriod: String(Math.ceil(options.retentionMs / 1_000)),
    // The budget is ours; this only ends what nobody counts any more.
    RedrivePolicy: JSON.stringify({
      deadLetterTargetArn: arnOf(deadLetterUrl),
      maxReceiveCount: given.maxReceiveCount ?? 1_000,
    }),
  });
  const dead = { MessageRetentionPeriod: String(14 * 24 * 3_600) };
  const othersDeadUrl = await make("others-dead", dead);
  const othersUrl = await make("others", own(othersDeadUrl));
  const deadUrl = options.deadLetters === undefined ? await make("tasks-dead", dead) : othersUrl;
  const url = await make("tasks", own(deadUrl));

  const { scheduler, onDue = (send) => send() } = given;
  const groups = options.fifo === undefined ? [] : ["tasks", "others"];
  for (const name of groups) {
    scheduler?.open(`${prefix}-${name}`, {
      clock,
      send: (input) =>
        onDue(async () => {
          // What it is given is what the driver wrote for this very call.
          await admin.send(new SendMessageCommand(input as unknown as SendMessageCommandInput));
        }),
    });
  }
  const schedulerOf = (name: string) =>
    scheduler === undefined || options.fifo === undefined
      ? {}
      : { scheduler: { group: `${prefix}-${name}`, role: ROLE, endpoint: scheduler.endpoint } };

  const connect = (name: string, where: { url: string; deadLetterUrl: string }): SqsQueue => {
    const { oneGroup = false } = given;
    const at = endpoint === undefined ? {} : { endpoint };
    const address = { ...where, ...at, region, oneGroup, ...schedulerOf(name) };
    const declared = name === "tasks" ? options : alone(options);
    const queue = sqsQueueOf({
      version: 1,
      platform: "aws",
      queue: name,
      options: declared,
      address,
    });
    onClients?.(queue.clients);
    return { ...queue, pollSeconds };
  };
  const tasks = () => connect("tasks", { url, deadLetterUrl: deadUrl });
  const others = () => connect("others", { url: othersUrl, deadLetterUrl: othersDeadUrl });
  const operator = new SqsQueueOperator(tasks(), { clock, waitMs });
  const siblingOperator = new SqsQueueOperator(others(), { clock, waitMs });
  const siblingDriver = new SqsQueueDriver(others(), clock);
  return {
    url,
    deadLetterUrl: deadUrl,
    queue: "tasks",
    options,
    clock,
    driver: new SqsQueueDriver(tasks(), clock),
    operator,
    another: async () => new SqsQueueDriver(tasks(), clock),
    sibling: { queue: "others", driver: siblingDriver, operator: siblingOperator },
    close: async () => {
      await Promise.all([operator.close(), siblingOperator.close(), siblingDriver.close()]);
      for (const name of groups) scheduler?.remove(`${prefix}-${name}`);
      for (const QueueUrl of made) await admin.send(new DeleteQueueCommand({ QueueUrl }));
    },
  };
}
