import type { Message } from "@aws-sdk/client-sqs";

/** What Lambda's event source mapping of a queue hands over: https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html */
export interface SqsEvent {
  readonly Records: readonly SqsRecord[];
}

export interface SqsRecord {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly messageAttributes: Readonly<
    Record<string, { readonly stringValue?: string; readonly dataType: string }>
  >;
  /** "aws:sqs" */
  readonly eventSource: string;
  /** Which queue it is from. */
  readonly eventSourceARN: string;
}

/** What of the context of an invocation is looked at. */
export interface LambdaContext {
  getRemainingTimeInMillis(): number;
}

/**
 * Lambda deletes every message of the batch that is not named here, and leaves the named ones to their visibility
 * timeout; the mapping must ask for it (ReportBatchItemFailures).
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export interface SqsBatchResponse {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/** A record as a receive would have answered it: Lambda spells the same things its own way. */
export function toMessage(record: SqsRecord): Message {
  const { messageId, receiptHandle, body, attributes, messageAttributes } = record;
  return {
    MessageId: messageId,
    ReceiptHandle: receiptHandle,
    Body: body,
    Attributes: { ...attributes },
    MessageAttributes: Object.fromEntries(
      Object.entries(messageAttributes).map(([name, { stringValue, dataType }]) => [
        name,
        { StringValue: stringValue, DataType: dataType },
      ]),
    ),
  };
}
