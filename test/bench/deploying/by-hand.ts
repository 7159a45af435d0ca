import type { State } from "@alienplatform/deploy";
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { GetRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import {
  GetFunctionCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
} from "@aws-sdk/client-lambda";
import { GetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { lanes } from "../measure.ts";

/** Reads each part of a state with one call of the vendor's SDK, as many at once as a deploy does. */
export async function readByHand(state: State): Promise<void> {
  const [sqs, iam] = [new SQSClient({}), new IAMClient({})];
  const [lambda, logs] = [new LambdaClient({}), new CloudWatchLogsClient({})];
  const parts = Object.values(state.parts);
  const read = async (
    type: string,
    width: number,
    one: (name: string, id: string) => Promise<unknown>,
  ) => {
    const mine = parts.filter((part) => part.type === type);
    await lanes(width, mine.length, (index) =>
      one(mine[index]?.name ?? "", mine[index]?.remote?.id ?? ""),
    );
  };
  await Promise.all([
    read("sqs-queue", 20, (name) => {
      const QueueUrl = `${process.env.AWS_ENDPOINT_URL}/123456789012/${name}`;
      return sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] }));
    }),
    read("iam-role", 5, (RoleName) => iam.send(new GetRoleCommand({ RoleName }))),
    read("log-group", 5, (logGroupNamePrefix) =>
      logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix })),
    ),
    read("lambda-function", 10, (FunctionName) =>
      lambda.send(new GetFunctionCommand({ FunctionName })),
    ),
    read("event-source-mapping", 30, (name) => {
      const [FunctionName] = name.split(" ");
      return lambda.send(new ListEventSourceMappingsCommand({ FunctionName }));
    }),
  ]);
  for (const client of [sqs, iam, lambda, logs]) client.destroy();
}
