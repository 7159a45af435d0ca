import { setTimeout as pause } from "node:timers/promises";
import { realTimeClock } from "@alienplatform/bindings/conformance";
import {
  DeleteQueueCommand,
  GetQueueUrlCommand,
  paginateListQueues,
  QueueDoesNotExist,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { openSqsWorld } from "../../packages/aws/test/sqs-world.ts";
import { read, unset, type Vendor } from "./account.ts";

/**
 * "You must wait at least one second after the queue is created to be able to use the queue."
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html
 */
const READY_MS = 1_000;

/** SQS, by whatever credentials AWS's SDK finds; AWS_ENDPOINT_URL points it at an emulator. */
export const sqs: Vendor = {
  name: "SQS",

  missing(environment) {
    const { AWS_PROFILE, AWS_ROLE_ARN, AWS_CONTAINER_CREDENTIALS_FULL_URI } = environment;
    const others = AWS_PROFILE || AWS_ROLE_ARN || AWS_CONTAINER_CREDENTIALS_FULL_URI;
    const keys = others ? [] : ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"];
    return unset(environment, ...keys, "AWS_REGION");
  },

  open(environment, prefix) {
    const region = read(environment, "AWS_REGION");
    const admin = new SQSClient({ region });
    const world: typeof openSqsWorld = async (given) => {
      const opened = await openSqsWorld(given);
      await pause(READY_MS);
      return opened;
    };
    const common = { region, admin, prefix, waitMs: 1_000, pollSeconds: 2 };
    return {
      world: (options, clock) => world({ ...common, options, clock }),
      make: async (options) => {
        const { url, deadLetterUrl } = await world({ ...common, options, clock: realTimeClock() });
        return { platform: "aws", address: { url, deadLetterUrl, region } };
      },
      names: async (start) => {
        const names: string[] = [];
        const pages = paginateListQueues(
          { client: admin, pageSize: 1_000 },
          { QueueNamePrefix: start },
        );
        for await (const { QueueUrls = [] } of pages) {
          names.push(...QueueUrls.map((url) => url.split("/").at(-1) ?? ""));
        }
        return names;
      },
      remove: async (name) => {
        try {
          const { QueueUrl } = await admin.send(new GetQueueUrlCommand({ QueueName: name }));
          await admin.send(new DeleteQueueCommand({ QueueUrl }));
        } catch (error) {
          if (!(error instanceof QueueDoesNotExist)) throw error;
        }
      },
      close: async () => admin.destroy(),
    };
  },
};
