import {
  type QueueBinding,
  QueueClient,
  type QueueOptions,
  type VirtualClock,
} from "@alienplatform/bindings";
import { defaultOptions } from "@alienplatform/bindings/conformance";
import { pushedFunction } from "@alienplatform/sdk/push";
import { useQueues } from "@alienplatform/sdk/testing-hook";
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { vi } from "vitest";
import { entry } from "../../src/entry.ts";
import type { SqsBatchResponse, SqsEvent } from "../../src/function/sqs-event.ts";
import { SqsQueueDriver } from "../../src/queue/driver.ts";
import { sqsQueueOf } from "../../src/queue/sqs-queue.ts";
import type { Fauxqs } from "../fauxqs/fauxqs.ts";
import { EventSourceMapping } from "./event-source-mapping.ts";

export interface LambdaWorldOptions {
  readonly fauxqs: Fauxqs;
  /** The time of the emulator. */
  readonly clock: VirtualClock;
  /** Of the queue "tasks". */
  readonly options?: Partial<QueueOptions>;
  readonly batchSize?: number;
  /** Where the function finds SQS; the emulator unless told otherwise. */
  readonly endpoint?: string;
  /** How long Lambda lets an invocation run. */
  readonly remainingMs?: number;
  /** What the function's file does when it is loaded. */
  readonly load: () => unknown;
}

/** A function of Lambda, its queue "tasks" on an emulator, and what is said on stderr; by a clock that is wound. */
export interface LambdaWorld {
  readonly tasks: QueueClient;
  readonly mapping: EventSourceMapping;
  readonly arn: string;
  readonly lines: readonly string[];
  /** Lets time pass for the function and for SQS. */
  wind(byMs: number): Promise<void>;
  /** What is in the queue of its dead letters, as SQS has it. */
  deadLetters(): Promise<readonly { body: string; alien: string; group: string | undefined }[]>;
  invoke(event: unknown): Promise<SqsBatchResponse>;
  /** How many messages are visible, and how many are not. */
  counts(): Promise<{ ready: number; hidden: number }>;
  close(): void;
}

let worlds = 0;

export async function openLambdaWorld(given: LambdaWorldOptions): Promise<LambdaWorld> {
  const { fauxqs, clock, remainingMs = 60_000, batchSize = 10, load } = given;
  vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
  const options: QueueOptions = {
    ...defaultOptions,
    backoff: { initialMs: 60_000, factor: 1, maxMs: 60_000, jitter: "none" },
    ...given.options,
  };
  const sqs = new SQSClient({ region: "us-east-1", endpoint: fauxqs.endpoint, maxAttempts: 1 });
  const fifo = options.fifo === undefined ? "" : ".fifo";
  const name = `tasks-${process.pid}-${++worlds}`;
  const create = async (queue: string) => {
    const Attributes = fifo === "" ? {} : { FifoQueue: "true" };
    const { QueueUrl = "" } = await sqs.send(
      new CreateQueueCommand({ QueueName: `${queue}${fifo}`, Attributes }),
    );
    return QueueUrl;
  };
  const [url, deadLetterUrl] = [await create(name), await create(`${name}-dead`)];
  const binding: QueueBinding = {
    version: 1,
    platform: "aws",
    queue: "tasks",
    options,
    address: {
      url,
      deadLetterUrl,
      region: "us-east-1",
      endpoint: given.endpoint ?? fauxqs.endpoint,
    },
  };
  const restore = useQueues(async () => {
    const driver = new SqsQueueDriver(sqsQueueOf(binding), clock);
    return { driver, binding, clock, random: () => 0.5 };
  });
  vi.stubEnv(
    "ALIEN_FUNCTION",
    JSON.stringify({
      id: "worker",
      triggers: [
        { queue: "tasks", batchSize, paused: false, whilePaused: "wait", onInvalid: "deadLetter" },
      ],
    }),
  );
  const lines: string[] = [];
  const stderr = vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    lines.push(String(text));
    return true;
  });
  const arn = `arn:aws:sqs:us-east-1:000000000000:${name}${fifo}`;
  const pushed = pushedFunction(async () => load(), {
    file: "src/worker.ts",
    queues: async () => [],
  });
  const handler = entry(pushed, { [arn]: "tasks" });
  const invoke = (event: unknown) =>
    // What Lambda hands over is whatever was sent to it.
    handler(event as SqsEvent, { getRemainingTimeInMillis: () => remainingMs });
  const driver = new SqsQueueDriver(sqsQueueOf(binding), clock);
  return {
    arn,
    lines,
    tasks: new QueueClient(driver, { queue: "tasks", options, clock }),
    mapping: new EventSourceMapping({ sqs, url, arn, batchSize, invoke }),
    invoke,
    wind: async (byMs) => {
      await clock.advance(byMs);
      await fauxqs.windTo(clock.now());
    },
    deadLetters: async () => {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: deadLetterUrl,
          MaxNumberOfMessages: 10,
          VisibilityTimeout: 0,
          MessageAttributeNames: ["All"],
          MessageSystemAttributeNames: ["All"],
        }),
      );
      return Messages.map(({ Body = "", MessageAttributes, Attributes }) => ({
        body: Body,
        alien: MessageAttributes?.alien?.StringValue ?? "",
        group: Attributes?.MessageGroupId,
      }));
    },
    counts: async () => {
      const { Attributes } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ["All"] }),
      );
      return {
        ready: Number(Attributes?.ApproximateNumberOfMessages),
        hidden: Number(Attributes?.ApproximateNumberOfMessagesNotVisible),
      };
    },
    close: () => {
      stderr.mockRestore();
      vi.unstubAllEnvs();
      restore();
      sqs.destroy();
    },
  };
}
