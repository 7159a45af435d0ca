import { createHash } from "node:crypto";
import { type QueueBinding, type QueueOptions, VirtualClock } from "@alienplatform/bindings";
import { onTestFinished, vi } from "vitest";
import { SqsQueueDriver } from "../../src/queue/driver.ts";
import { type SqsQueue, sqsQueueOf } from "../../src/queue/sqs-queue.ts";
import { SqsWire, type WireAnswer, type WireCall, type WireEntry } from "./sqs-wire.ts";

export interface OpenWire {
  readonly wire: SqsWire;
  readonly clock: VirtualClock;
  readonly queue: SqsQueue;
  readonly driver: SqsQueueDriver;
  readonly binding: QueueBinding;
}

/** A queue on a wire of its own, both closed when the test is over. */
export async function openWire(options: Partial<QueueOptions> = {}): Promise<OpenWire> {
  vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
  const wire = await SqsWire.listen();
  const clock = new VirtualClock();
  const suffix = options.fifo === undefined ? "" : ".fifo";
  const binding: QueueBinding = {
    version: 1,
    platform: "aws",
    queue: "tasks",
    options: {
      maxAttempts: 3,
      backoff: { initialMs: 1_000, factor: 2, maxMs: 300_000, jitter: "none" },
      leaseMs: 30_000,
      retentionMs: 345_600_000,
      idempotency: { conflict: "original" },
      ...options,
    },
    // Without an endpoint: the URL is where SQS answers.
    address: {
      url: `${wire.origin}/123456789012/tasks${suffix}`,
      deadLetterUrl: `${wire.origin}/123456789012/tasks-dead${suffix}`,
      region: "eu-west-1",
    },
  };
  const queue = sqsQueueOf(binding);
  const driver = new SqsQueueDriver(queue, clock);
  onTestFinished(async () => {
    await driver.close();
    await wire.close();
    vi.unstubAllEnvs();
  });
  return { wire, clock, queue, driver, binding };
}

/** Answers batches: each entry as `fault` says, undefined for success. */
export function entryByEntry(
  fault: (
    entry: WireEntry,
    index: number,
  ) =>
    | { readonly Code: string; readonly SenderFault: boolean; readonly Message?: string }
    | undefined,
): (call: WireCall) => WireAnswer {
  return ({ entries }) => {
    const Successful: object[] = [];
    const Failed: object[] = [];
    for (const [index, entry] of entries.entries()) {
      const { Id, MessageBody = "" } = entry;
      const failed = fault(entry, index);
      if (failed !== undefined) Failed.push({ Id, ...failed });
      else Successful.push({ Id, MessageId: `m-${Id}`, MD5OfMessageBody: md5(MessageBody) });
    }
    // In an order that is not that of the entries.
    return { answer: { Successful: Successful.reverse(), Failed: Failed.reverse() } };
  };
}

/** A message as SQS hands it out. */
export function received(body: string, more: object = {}): object {
  return {
    MessageId: "5fea7756-0ea4-451a-a703-a558b933e274",
    ReceiptHandle: "receipt",
    MD5OfBody: md5(body),
    Body: body,
    Attributes: { ApproximateReceiveCount: "1", SentTimestamp: "1545082649183" },
    ...more,
  };
}

function md5(text: string): string {
  return createHash("md5").update(text).digest("hex");
}
