import { CreateQueueCommand, GetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { buildApp } from "fauxqs";
import type { Place } from "../place.ts";

type AtEnd = Parameters<Place["open"]>[1];

/** A running SQS, or what passes for one. */
export interface SqsAt {
  readonly endpoint: string;
  readonly region: string;
}

const credentials = { accessKeyId: "test", secretAccessKey: "test" };

/** SQS, as an emulator that is started for it speaks it. */
export function sqs(name: string, start: (atEnd: AtEnd) => Promise<SqsAt>): Place {
  return {
    name,
    async open(options, atEnd) {
      const { endpoint, region } = await start(atEnd);
      const admin = new SQSClient({ endpoint, region, credentials });
      atEnd(() => admin.destroy());
      const make = async (QueueName: string, Attributes: Record<string, string> = {}) =>
        (await admin.send(new CreateQueueCommand({ QueueName, Attributes }))).QueueUrl ?? "";
      const deadLetterUrl = await make("tasks-dead");
      const { Attributes: dead } = await admin.send(
        new GetQueueAttributesCommand({ QueueUrl: deadLetterUrl, AttributeNames: ["QueueArn"] }),
      );
      const url = await make("tasks", {
        VisibilityTimeout: String(options.leaseMs / 1_000),
        MessageRetentionPeriod: String(options.retentionMs / 1_000),
        RedrivePolicy: JSON.stringify({
          deadLetterTargetArn: dead?.QueueArn,
          maxReceiveCount: 1_000,
        }),
      });
      return {
        binding: { platform: "aws", address: { url, deadLetterUrl, region, endpoint } },
        env: {
          AWS_ACCESS_KEY_ID: credentials.accessKeyId,
          AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
        },
      };
    },
  };
}

/** Its long polls end within a second: a worker that is told to end waits for its last one. */
export const fauxqs = sqs("SQS (fauxqs)", async (atEnd) => {
  const app = buildApp({ logger: false });
  app.addHook("preHandler", (request, _reply, done) => {
    // The body of a request to SQS is JSON; fauxqs reads it as we do.
    const body = request.body as { WaitTimeSeconds?: number } | undefined;
    if (body?.WaitTimeSeconds) body.WaitTimeSeconds = 1;
    done();
  });
  const endpoint = await app.listen({ port: 0, host: "127.0.0.1" });
  atEnd(() => app.close());
  return { endpoint, region: "us-east-1" };
});
