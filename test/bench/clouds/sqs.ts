import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { type Cloud, refuseAny, type Sent } from "./cloud.ts";

const BESIDE = "beside";
const region = "us-east-1";
const credentials = { accessKeyId: "bench", secretAccessKey: "bench" };

/** SQS on fauxqs. */
export const sqs: Cloud = {
  name: "SQS on fauxqs",
  server: "sqs",
  sdk: "@aws-sdk/client-sqs",
  batch: 10,
  async open(server) {
    process.env.AWS_ACCESS_KEY_ID = credentials.accessKeyId;
    process.env.AWS_SECRET_ACCESS_KEY = credentials.secretAccessKey;
    const { endpoint } = server;
    const client = new SQSClient({ region, endpoint, credentials });
    const name = await server.make();
    const make = async (QueueName: string) =>
      (await client.send(new CreateQueueCommand({ QueueName }))).QueueUrl ?? "";
    const QueueUrl = await make(name);
    const deadLetterUrl = await make(`${name}-dead`);
    return {
      binding: { platform: "aws", address: { url: QueueUrl, deadLetterUrl, region, endpoint } },
      hand: {
        send: (message) => client.send(new SendMessageCommand({ QueueUrl, ...toEntry(message) })),
        async sendBatch(messages) {
          const { Failed } = await client.send(
            new SendMessageBatchCommand({
              QueueUrl,
              Entries: messages.map((message, index) => ({
                Id: String(index),
                ...toEntry(message),
              })),
            }),
          );
          refuseAny(Failed);
        },
        async receive(max) {
          const { Messages = [] } = await client.send(
            new ReceiveMessageCommand({
              QueueUrl,
              MaxNumberOfMessages: max,
              WaitTimeSeconds: 20,
              MessageAttributeNames: [BESIDE],
              MessageSystemAttributeNames: ["ApproximateReceiveCount", "SentTimestamp"],
            }),
          );
          return Messages.map(({ Body = "", ReceiptHandle, MessageAttributes }) => ({
            body: Body,
            beside: MessageAttributes?.[BESIDE]?.StringValue,
            handle: ReceiptHandle,
          }));
        },
        async ack(messages) {
          const { Failed } = await client.send(
            new DeleteMessageBatchCommand({
              QueueUrl,
              // As receive() above made them.
              Entries: messages.map(({ handle }, index) => ({
                Id: String(index),
                ReceiptHandle: handle as string,
              })),
            }),
          );
          refuseAny(Failed);
        },
        close: async () => client.destroy(),
      },
    };
  },
};

function toEntry({ body, beside }: Sent) {
  if (beside === undefined) return { MessageBody: body };
  const MessageAttributes = { [BESIDE]: { DataType: "String", StringValue: beside } };
  return { MessageBody: body, MessageAttributes };
}
