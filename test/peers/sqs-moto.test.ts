import { inRealTime, queueConformance } from "@alienplatform/bindings/conformance";
import { SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, vi } from "vitest";
import { openSqsWorld } from "../../packages/aws/test/sqs-world.ts";
import { LargeApart } from "./support/large-apart.ts";
import { startMoto } from "./support/moto.ts";

vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");

const { endpoint, region } = await startMoto();
const admin = new SQSClient({ region, endpoint });
afterAll(() => admin.destroy());

const runner = new LargeApart();
queueConformance({
  name: "SQS on moto",
  runner,
  except: {
    "two receives at once never get the same message":
      "moto answers each request in a thread and locks no queue, so that two receives may read a message before either has hidden it; SQS hides what it gives: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html",
  },
  ...inRealTime((options, clock) =>
    openSqsWorld({
      endpoint,
      region,
      clock,
      options,
      admin,
      waitMs: 1_000,
      pollSeconds: 2,
    }),
  ),
});
runner.end("SQS on moto, large messages");
