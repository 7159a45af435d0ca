import type { PartConfigs } from "../../../../packages/aws/src/part-configs.ts";
import { artifactOf } from "./deploying.ts";

/** Where moto is. */
export const account = "123456789012";
export const region = "us-east-1";

export const queueArn = (name: string) => `arn:aws:sqs:${region}:${account}:${name}`;

/** A standard queue without dead letters. */
export const queueConfig: PartConfigs["sqs-queue"] = {
  fifoQueue: false,
  visibilityTimeout: 360,
  messageRetentionPeriod: 345_600,
  receiveMessageWaitTimeSeconds: 0,
  maximumMessageSize: 1_048_576,
  delaySeconds: 0,
  sqsManagedSseEnabled: true,
};

/** A role that may receive. */
export const roleConfig: PartConfigs["iam-role"] = {
  path: `/alien/shop/dev/${region}/`,
  description: "Of the function worker",
  assumeRolePolicy: {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Lambda",
        Effect: "Allow",
        Principal: { Service: "lambda.amazonaws.com" },
        Action: ["sts:AssumeRole"],
      },
    ],
  },
  policyName: "alien",
  policy: {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Receive",
        Effect: "Allow",
        Action: ["sqs:ReceiveMessage", "sqs:DeleteMessage"],
        Resource: [queueArn("shop-dev-tasks")],
      },
    ],
  },
};

/** A function whose role has its name. */
export const functionConfig = (name: string): PartConfigs["lambda-function"] => ({
  description: "worker",
  role: `arn:aws:iam::${account}:role${roleConfig.path}${name}`,
  runtime: "nodejs22.x",
  architecture: "arm64",
  handler: "index.default",
  code: artifactOf("export default 1"),
  memorySize: 512,
  timeout: 60,
  environment: { NODE_OPTIONS: "--enable-source-maps", LEVEL: "info" },
});
