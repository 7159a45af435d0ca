import {
  CloudWatchLogsClient,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import {
  AddPermissionCommand,
  CreateEventSourceMappingCommand,
  type CreateEventSourceMappingRequest,
  CreateFunctionCommand,
  CreateFunctionUrlConfigCommand,
  LambdaClient,
  UpdateEventSourceMappingCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  SendMessageBatchCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { strToU8, zipSync } from "fflate";
import { expect, it } from "vitest";
import { serveFunctionUrl } from "./support/aws/function-url.ts";
import { LambdaHost } from "./support/aws/lambda-host.ts";
import { startAws } from "./support/aws/start-aws.ts";

const aws = await startAws({ readsUntilReady: 0, newRoleRefusals: 0 });
const host = new LambdaHost(aws);
const options = {
  endpoint: aws.endpoint,
  region: aws.region,
  credentials: { accessKeyId: "test", secretAccessKey: "test" },
};
const [sqs, lambda, iam] = [
  new SQSClient(options),
  new LambdaClient(options),
  new IAMClient(options),
];
const logs = new CloudWatchLogsClient(options);
const { Role } = await iam.send(
  new CreateRoleCommand({ RoleName: "function", AssumeRolePolicyDocument: "{}" }),
);

let count = 0;

const zip = (source: string) => zipSync({ "index.mjs": strToU8(source) });

async function newFunction(source: string, Timeout = 30) {
  const FunctionName = `worker-${++count}`;
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName,
      Role: Role?.Arn,
      Runtime: "nodejs22.x",
      Handler: "index.default",
      Timeout,
      Environment: { Variables: { GREETING: "hello" } },
      Code: { ZipFile: zip(source) },
    }),
  );
  return FunctionName;
}

/** A queue that a function consumes; what fails comes back after so many seconds. */
async function newConsumer(
  source: string,
  mapping: Partial<CreateEventSourceMappingRequest> = {
    FunctionResponseTypes: ["ReportBatchItemFailures"],
  },
  visibility = "600",
) {
  // Lambda takes no queue that lends for less than the function may run.
  const FunctionName = await newFunction(source, Math.min(30, Number(visibility)));
  const QueueName = `tasks-${count}`;
  const Attributes = { VisibilityTimeout: visibility };
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName, Attributes }));
  const { UUID } = await lambda.send(
    new CreateEventSourceMappingCommand({
      FunctionName,
      EventSourceArn: `arn:aws:sqs:us-east-1:123456789012:${QueueName}`,
      ScalingConfig: { MaximumConcurrency: 2 },
      ...mapping,
    }),
  );
  const send = async (...bodies: string[]) => {
    const Entries = bodies.map((MessageBody, at) => ({ Id: String(at), MessageBody }));
    await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
  };
  const left = async () => {
    const AttributeNames: ["All"] = ["All"];
    const { Attributes: now } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames }),
    );
    return {
      ready: Number(now?.ApproximateNumberOfMessages),
      hidden: Number(now?.ApproximateNumberOfMessagesNotVisible),
    };
  };
  const batches = () => host.batches.filter((each) => each.function === FunctionName);
  const taken = (number: number) =>
    host.handled(() => batches().flatMap(({ messageIds }) => messageIds).length >= number);
  return { FunctionName, UUID, send, left, batches, taken };
}

it("a function runs with its code and its environment, in one process, and logs", async () => {
  const FunctionName = await newFunction(`
    let runs = 0;
    export default async (event, context) => {
      console.log("run", ++runs);
      const { AWS_LAMBDA_FUNCTION_NAME: name, GREETING: greeting, HOME: home } = process.env;
      return { event, runs, name, greeting, home, arn: context.invokedFunctionArn };
    };`);
  const worker = host.function(FunctionName);
  expect(await worker.invoke({ n: 1 })).toEqual({
    event: { n: 1 },
    runs: 1,
    name: FunctionName,
    greeting: "hello",
    arn: `arn:aws:lambda:us-east-1:123456789012:function:${FunctionName}`,
  });
  expect(await worker.invoke({ n: 2 })).toMatchObject({ runs: 2 });
  const { events = [] } = await logs.send(
    new FilterLogEventsCommand({ logGroupName: `/aws/lambda/${FunctionName}` }),
  );
  expect(events.map(({ message }) => message).join("\n")).toMatch(
    /START [\s\S]*run 1[\s\S]*REPORT /,
  );
});

it("a function is as it was last changed", async () => {
  const FunctionName = await newFunction("export default async () => [1, process.env.GREETING];");
  const worker = host.function(FunctionName);
  expect(await worker.invoke({})).toEqual([1, "hello"]);
  const ZipFile = zip("export default async () => [2, process.env.GREETING];");
  await lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile }));
  expect(await worker.invoke({})).toEqual([2, "hello"]);
  const Environment = { Variables: { GREETING: "bye" } };
  await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment }));
  expect(await Promise.all([worker.invoke({}), worker.invoke({})])).toEqual([
    [2, "bye"],
    [2, "bye"],
  ]);
});

it("a function that takes too long, or ends, fails, and the next invocation is another process", async () => {
  const FunctionName = await newFunction(
    `let runs = 0;
     export default async ({ how }) => {
       runs += 1;
       if (how === "hang") return new Promise(() => setInterval(() => {}, 1000));
       if (how === "exit") process.exit(3);
       if (how === "throw") throw new RangeError("no");
       return runs;
     };`,
    1,
  );
  const worker = host.function(FunctionName);
  expect(await worker.invoke({ how: "throw" }).catch(String)).toBe("RangeError: no");
  expect(await worker.invoke({})).toBe(2);
  expect(await worker.invoke({ how: "hang" }).catch(String)).toContain("timed out after 1.00 s");
  expect(await worker.invoke({})).toBe(1);
  expect(await worker.invoke({ how: "exit" }).catch(String)).toContain("process ended");
  expect(await worker.invoke({})).toBe(1);
});

const failing = `export default async ({ Records }) => {
  const failed = Records.filter(({ body }) => body === "bad").map(({ messageId }) => messageId);
  return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
};`;

it("messages that a function does not name are deleted, and the others come again", async () => {
  const { send, left, taken, batches } = await newConsumer(failing);
  await send("good", "bad", "good");
  await taken(3);
  expect(await left()).toEqual({ ready: 0, hidden: 1 });
  expect(batches().flatMap(({ deleted }) => deleted)).toHaveLength(2);
});

it("a failed batch is received again after its visibility timeout", async () => {
  const source = `export default async ({ Records: [{ attributes }] }) => {
    if (attributes.ApproximateReceiveCount === "1") throw new Error("not yet");
  };`;
  const { send, left, batches, taken } = await newConsumer(source, {}, "1");
  await send("one");
  await taken(2);
  expect(batches().map(({ deleted, error }) => [deleted.length, error?.message])).toEqual([
    [0, "not yet"],
    [1, undefined],
  ]);
  expect(await left()).toEqual({ ready: 0, hidden: 0 });
});

it.each([
  { what: "nothing", answer: "undefined", stay: 0 },
  { what: "an empty list", answer: "{ batchItemFailures: [] }", stay: 0 },
  { what: "no list", answer: "{ batchItemFailures: null }", stay: 0 },
  { what: "an unknown id", answer: '{ batchItemFailures: [{ itemIdentifier: "x" }] }', stay: 2 },
  { what: "an empty id", answer: '{ batchItemFailures: [{ itemIdentifier: "" }] }', stay: 2 },
  { what: "a key of another name", answer: '{ batchItemFailures: [{ id: "x" }] }', stay: 2 },
])("of an answer with $what $stay messages of 2 stay", async ({ answer, stay }) => {
  const { send, left, taken } = await newConsumer(`export default async () => (${answer});`);
  await send("one", "two");
  await taken(2);
  expect(await left()).toEqual({ ready: 0, hidden: stay });
});

it("without ReportBatchItemFailures what the function names is deleted all the same", async () => {
  const { send, left, taken } = await newConsumer(failing, {});
  await send("bad", "good");
  await taken(2);
  expect(await left()).toEqual({ ready: 0, hidden: 0 });
});

it("a mapping that is disabled takes nothing until it is enabled", async () => {
  const { send, left, taken, batches, UUID } = await newConsumer(failing);
  await lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: false }));
  await host.followed();
  await send("good");
  expect([await left(), batches()]).toEqual([{ ready: 1, hidden: 0 }, []]);
  await lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: true }));
  await taken(1);
  expect(await left()).toEqual({ ready: 0, hidden: 0 });
});

it("a batch is gathered until it is full, within its window", async () => {
  const { send, taken, batches } = await newConsumer(failing, {
    BatchSize: 20,
    MaximumBatchingWindowInSeconds: 60,
    // Less than AWS takes: one batch for one poller.
    ScalingConfig: { MaximumConcurrency: 1 },
  });
  await send(...Array.from({ length: 10 }, () => "good"));
  await send(...Array.from({ length: 10 }, () => "good"));
  await taken(20);
  expect(batches().map(({ deleted }) => deleted.length)).toEqual([20]);
});

it("no more instances run at once than the mapping is bounded to", async () => {
  const slow = "export default () => new Promise((resolve) => setTimeout(resolve, 200));";
  const { send, taken, FunctionName } = await newConsumer(slow, {
    BatchSize: 1,
    ScalingConfig: { MaximumConcurrency: 2 },
  });
  await send(...Array.from({ length: 10 }, () => "good"));
  await taken(10);
  const { logStreams } = await logs.send(
    new DescribeLogStreamsCommand({ logGroupName: `/aws/lambda/${FunctionName}` }),
  );
  expect(logStreams).toHaveLength(2);
});

it("a function's URL hands requests over, once both statements let everybody in", async () => {
  const FunctionName = await newFunction(`export default async (event) => ({
    statusCode: 201,
    headers: { "x-path": event.rawPath, "x-query": event.rawQueryString },
    cookies: ["a=1", "b=2"],
    body: JSON.stringify([event.body, event.isBase64Encoded, event.cookies]),
  });`);
  await lambda.send(new CreateFunctionUrlConfigCommand({ FunctionName, AuthType: "NONE" }));
  const url = await serveFunctionUrl(host.function(FunctionName), lambda);
  const ask = (body: string | Uint8Array<ArrayBuffer>) =>
    fetch(`${url}/a/b?c=d&c=e`, { method: "POST", body, headers: { cookie: "x=1; y=2" } });
  const common = { FunctionName, Principal: "*" };
  const open = {
    url: new AddPermissionCommand({
      ...common,
      StatementId: "url",
      Action: "lambda:InvokeFunctionUrl",
      FunctionUrlAuthType: "NONE",
    }),
    invoke: new AddPermissionCommand({
      ...common,
      StatementId: "invoke",
      Action: "lambda:InvokeFunction",
      InvokedViaFunctionUrl: true,
    }),
  };
  await lambda.send(open.url);
  expect((await ask("text")).status).toBe(403);
  await lambda.send(open.invoke);
  const answer = await ask("text");
  expect([answer.status, answer.headers.get("x-path"), answer.headers.get("x-query")]).toEqual([
    201,
    "/a/b",
    "c=d&c=e",
  ]);
  expect(answer.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
  expect(await answer.json()).toEqual(["text", false, ["x=1", "y=2"]]);
  const binary = await ask(new Uint8Array([0, 255]));
  expect(await binary.json()).toEqual(["AP8=", true, ["x=1", "y=2"]]);
});
