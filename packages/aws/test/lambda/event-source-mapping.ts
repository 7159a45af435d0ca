import {
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import type { SqsBatchResponse, SqsEvent, SqsRecord } from "../../src/function/sqs-event.ts";

export interface EventSourceMappingOptions {
  readonly sqs: SQSClient;
  readonly url: string;
  readonly arn: string;
  readonly batchSize: number;
  /** Rejects where the function fails. */
  readonly invoke: (event: SqsEvent) => Promise<unknown>;
}

/**
 * Lambda's poller of one queue, one batch at a time, with ReportBatchItemFailures, as AWS documents it:
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export class EventSourceMapping {
  readonly #given: EventSourceMappingOptions;

  constructor(options: EventSourceMappingOptions) {
    this.#given = options;
  }

  /** Hands over what is there now, and deletes what the function does not keep; answers how many those were of how many. */
  async poll(): Promise<{ readonly taken: number; readonly deleted: number }> {
    const { sqs, url, arn, batchSize, invoke } = this.#given;
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: url,
        MaxNumberOfMessages: batchSize,
        MessageAttributeNames: ["All"],
        MessageSystemAttributeNames: ["All"],
      }),
    );
    if (Messages.length === 0) return { taken: 0, deleted: 0 };
    const records = Messages.map((message) => toRecord(message, arn));
    const answer = await invoke({ Records: records }).catch(() => undefined);
    const kept = keptBy(answer, records);
    const deleted = records.filter(({ messageId }) => !kept.has(messageId));
    if (deleted.length > 0) {
      await sqs.send(
        new DeleteMessageBatchCommand({
          QueueUrl: url,
          Entries: deleted.map(({ messageId, receiptHandle }) => ({
            Id: messageId,
            ReceiptHandle: receiptHandle,
          })),
        }),
      );
    }
    return { taken: records.length, deleted: deleted.length };
  }
}

/** A received message as Lambda spells it; the same place documents the shape. */
export function toRecord(message: Message, arn: string): SqsRecord {
  const { MessageId = "", ReceiptHandle = "", Body = "", MD5OfBody } = message;
  const [, , , region] = arn.split(":");
  const record = {
    messageId: MessageId,
    receiptHandle: ReceiptHandle,
    body: Body,
    attributes: { ...message.Attributes } as Record<string, string>, // every attribute has a value
    messageAttributes: Object.fromEntries(
      Object.entries(message.MessageAttributes ?? {}).map(
        ([name, { StringValue = "", DataType = "" }]) => [
          name,
          {
            stringValue: StringValue,
            stringListValues: [],
            binaryListValues: [],
            dataType: DataType,
          },
        ],
      ),
    ),
    md5OfBody: MD5OfBody,
    eventSource: "aws:sqs",
    eventSourceARN: arn,
    awsRegion: region,
  };
  return record;
}

/** The messages that stay: all of the batch where the function failed, or names what it was not given. */
export function keptBy(answer: unknown, records: readonly SqsRecord[]): ReadonlySet<string> {
  const all = new Set(records.map(({ messageId }) => messageId));
  if (answer === undefined) return all;
  const { batchItemFailures } = (answer ?? {}) as Partial<SqsBatchResponse>; // as Lambda reads it
  const named = (batchItemFailures ?? []).map(({ itemIdentifier }) => itemIdentifier);
  return named.every((id) => all.has(id)) ? new Set(named) : all;
}
