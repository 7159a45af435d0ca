import { GetRolePolicyCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { LambdaClient, UpdateFunctionConfigurationCommand } from "@aws-sdk/client-lambda";
import { SetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { it, vi } from "vitest";
import { stageJourney } from "../journeys/stage/journey.ts";
import { serveFunctionUrl } from "./support/aws/function-url.ts";
import { LambdaHost } from "./support/aws/lambda-host.ts";
import { leftIn } from "./support/aws/left-in.ts";
import { startAws } from "./support/aws/start-aws.ts";

const aws = await startAws();
const host = new LambdaHost(aws);
vi.stubEnv("AWS_ENDPOINT_URL", aws.endpoint);
vi.stubEnv("AWS_REGION", aws.region);
vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
const options = { endpoint: aws.endpoint, region: aws.region };
const sqs = new SQSClient(options);
const lambda = new LambdaClient(options);
const iam = new IAMClient(options);

/** Two dozen commands, each a process of its own, on a machine that is busy with other work. */
const MOST_MS = 900_000;
const FUNCTION = "http-and-queue-dev-web";
const on = ["--platform", "aws", "--stage", "dev"];

/** How many messages the function has handled for good. */
const handledSoFar = () =>
  host.batches.filter((each) => each.function === FUNCTION).flatMap(({ deleted }) => deleted)
    .length;

it(
  "an example is deployed, handles real input, is changed, mended, repaired and destroyed",
  () =>
    stageJourney({
      platform: "aws",
      on,
      // A send is delayed by 15 minutes.
      keepsState: { delay: "2d" },
      deployed: {
        parts: 9,
        // The budget and the backoff are in no part of AWS's but the function's environment.
        changed: /code\.sha256[\s\S]*ALIEN_SIGNUPS_BINDING[\s\S]*1 to change/,
        drift,
        left: () => leftIn(options),
      },
      up: async (session) => (await session.alien("deploy", ...on, "--yes")).stdout,
      url: () => serveFunctionUrl(host.function(FUNCTION), lambda),
      handled: (count) => host.handled(() => handledSoFar() === count),
      handledSoFar,
      settled: () => host.followed(),
      logs: async (session) => (await session.alien("logs", "web", ...on)).stdout,
    }),
  MOST_MS,
);

/** By hand, in the console of AWS. */
async function drift(): Promise<number> {
  const QueueUrl = `${aws.endpoint}/${aws.accountId}/http-and-queue-dev-signups`;
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { DelaySeconds: "7" } }));
  const RoleName = `${FUNCTION}-${aws.region}`;
  const command = new GetRolePolicyCommand({ RoleName, PolicyName: "alien" });
  const { PolicyDocument = "" } = await iam.send(command);
  const policy = JSON.parse(decodeURIComponent(PolicyDocument));
  policy.Statement[0].Action.push("sqs:DeleteQueue");
  await iam.send(
    new PutRolePolicyCommand({
      RoleName,
      PolicyName: "alien",
      PolicyDocument: JSON.stringify(policy),
    }),
  );
  await lambda.send(
    new UpdateFunctionConfigurationCommand({ FunctionName: FUNCTION, Timeout: 30 }),
  );
  return 3;
}
