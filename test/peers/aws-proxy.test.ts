import { once } from "node:events";
import { connect } from "node:net";
import {
  CreateRoleCommand,
  GetRoleCommand,
  IAMClient,
  PutRolePolicyCommand,
} from "@aws-sdk/client-iam";
import {
  AddPermissionCommand,
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  CreateFunctionUrlConfigCommand,
  DeleteEventSourceMappingCommand,
  GetEventSourceMappingCommand,
  GetFunctionCommand,
  GetFunctionUrlConfigCommand,
  GetPolicyCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  UpdateEventSourceMappingCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { describe, expect, it } from "vitest";
import { Cut } from "./support/aws/aws-answer.ts";
import { dead, throttled } from "./support/aws/faults.ts";
import { startAws } from "./support/aws/start-aws.ts";

let nowMs = Date.UTC(2030, 0, 1);
const { endpoint, region, proxy, mappings } = await startAws({ deletedQueues: () => nowMs });
const options = {
  endpoint,
  region,
  credentials: { accessKeyId: "test", secretAccessKey: "test" },
  maxAttempts: 1,
};
const [sqs, lambda] = [new SQSClient(options), new LambdaClient(options)];
const [iam, sts] = [new IAMClient(options), new STSClient(options)];

let count = 0;
const fresh = (kind: string) => `${kind}-${++count}`;

async function newQueue(Attributes: Record<string, string> = {}) {
  const QueueName = fresh("tasks");
  const { QueueUrl = "" } = await sqs.send(new CreateQueueCommand({ QueueName, Attributes }));
  return { QueueName, QueueUrl, arn: `arn:aws:sqs:us-east-1:123456789012:${QueueName}` };
}

async function newRole(): Promise<string> {
  const RoleName = fresh("role");
  const AssumeRolePolicyDocument = JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: "lambda.amazonaws.com" },
        Action: ["sts:AssumeRole"],
      },
    ],
  });
  await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
  return `arn:aws:iam::123456789012:role/${RoleName}`;
}

/** A function that is active, unless it is left as it was made. */
async function newFunction({ active = true }: { readonly active?: boolean } = {}): Promise<string> {
  const [FunctionName, Role] = [fresh("worker"), await newRole()];
  const command = new CreateFunctionCommand({
    FunctionName,
    Role,
    Runtime: "nodejs22.x",
    Handler: "index.default",
    Code: { ZipFile: Buffer.from("zip 1") },
  });
  await expect(lambda.send(command)).rejects.toThrow("cannot be assumed by Lambda");
  expect(await lambda.send(command)).toMatchObject({ State: "Pending" });
  if (active) await lambda.send(new GetFunctionCommand({ FunctionName }));
  return FunctionName;
}

const errorOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "none",
    ({ name, $metadata }) => `${$metadata?.httpStatusCode} ${name}`,
  );

describe("queues", () => {
  it("are found under URLs that name the proxy", async () => {
    const { QueueName, QueueUrl } = await newQueue();
    expect(QueueUrl).toBe(`${endpoint}/123456789012/${QueueName}`);
    expect(await sqs.send(new GetQueueUrlCommand({ QueueName }))).toMatchObject({ QueueUrl });
  });

  it("keep their redrive allow policy until it is taken away", async () => {
    const RedriveAllowPolicy = JSON.stringify({ redrivePermission: "allowAll" });
    const { QueueUrl } = await newQueue({ RedriveAllowPolicy });
    const read = async (...AttributeNames: ("All" | "RedriveAllowPolicy" | "DelaySeconds")[]) => {
      const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames });
      return (await sqs.send(command)).Attributes;
    };
    expect(await read("All")).toMatchObject({ RedriveAllowPolicy, VisibilityTimeout: "30" });
    expect(await read("RedriveAllowPolicy", "DelaySeconds")).toEqual({
      RedriveAllowPolicy,
      DelaySeconds: "0",
    });
    expect(await read("DelaySeconds")).toEqual({ DelaySeconds: "0" });
    const Attributes = { RedriveAllowPolicy: "" };
    await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }));
    expect(await read("All")).not.toHaveProperty("RedriveAllowPolicy");
  });

  it("cannot be made again within 60 s of their deletion", async () => {
    const { QueueName, QueueUrl } = await newQueue();
    await sqs.send(new DeleteQueueCommand({ QueueUrl }));
    const again = () => sqs.send(new CreateQueueCommand({ QueueName }));
    nowMs += 59_999;
    expect(await errorOf(again())).toBe("400 QueueDeletedRecently");
    nowMs += 1;
    expect(await again()).toMatchObject({ QueueUrl });
  });
});

describe("functions", () => {
  it("are pending, then active, and refuse changes while they change", async () => {
    const FunctionName = await newFunction({ active: false });
    const get = () => lambda.send(new GetFunctionCommand({ FunctionName }));
    const change = (Timeout: number) =>
      lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Timeout }));
    expect(await errorOf(change(10))).toBe("409 ResourceConflictException");
    expect((await get()).Configuration).toMatchObject({ State: "Pending" });
    expect((await get()).Configuration).toMatchObject({ State: "Active" });
    expect(await change(10)).toMatchObject({ LastUpdateStatus: "InProgress", Timeout: 10 });
    expect(await errorOf(change(20))).toBe("409 ResourceConflictException");
    expect((await get()).Configuration).toMatchObject({ LastUpdateStatus: "InProgress" });
    expect((await get()).Configuration).toMatchObject({
      LastUpdateStatus: "Successful",
      Timeout: 10,
    });
    expect(await change(20)).toMatchObject({ Timeout: 20 });
  });

  it("give back the code that they were given", async () => {
    const FunctionName = await newFunction();
    const code = async () => {
      const { Code } = await lambda.send(new GetFunctionCommand({ FunctionName }));
      return (await fetch(Code?.Location ?? "")).text();
    };
    expect(await code()).toBe("zip 1");
    const ZipFile = Buffer.from("zip 2");
    await lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile, DryRun: true }));
    expect(await code()).toBe("zip 1");
    await code();
    await lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile }));
    expect(await code()).toBe("zip 2");
  });

  it("have one public URL at most, and statements of one name each", async () => {
    const FunctionName = await newFunction();
    const create = new CreateFunctionUrlConfigCommand({ FunctionName, AuthType: "NONE" });
    expect(await lambda.send(create)).toMatchObject({ InvokeMode: "BUFFERED" });
    expect(await errorOf(lambda.send(create))).toBe("409 ResourceConflictException");
    const url = await lambda.send(new GetFunctionUrlConfigCommand({ FunctionName }));
    expect(url).toMatchObject({ InvokeMode: "BUFFERED", AuthType: "NONE" });
    const add = new AddPermissionCommand({
      FunctionName,
      StatementId: "invoke",
      Action: "lambda:InvokeFunction",
      Principal: "*",
      InvokedViaFunctionUrl: true,
    });
    await lambda.send(add);
    expect(await errorOf(lambda.send(add))).toBe("409 ResourceConflictException");
    const { Policy = "" } = await lambda.send(new GetPolicyCommand({ FunctionName }));
    expect(JSON.parse(Policy).Statement).toMatchObject([
      { Sid: "invoke", Condition: { Bool: { "lambda:InvokedViaFunctionUrl": "true" } } },
    ]);
  });
});

describe("event source mappings", () => {
  it("are made and changed only where the queue lends for as long as the function may take", async () => {
    const [FunctionName, queue] = [await newFunction(), await newQueue()];
    const make = new CreateEventSourceMappingCommand({ FunctionName, EventSourceArn: queue.arn });
    const lend = (VisibilityTimeout: string) =>
      sqs.send(
        new SetQueueAttributesCommand({
          QueueUrl: queue.QueueUrl,
          Attributes: { VisibilityTimeout },
        }),
      );
    await lend("2");
    await expect(lambda.send(make)).rejects.toThrow(
      "Queue visibility timeout: 2 seconds is less than Function timeout: 3 seconds",
    );
    await lend("30");
    const { UUID } = await lambda.send(make);
    await lambda.send(new GetEventSourceMappingCommand({ UUID }));
    await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Timeout: 60 }));
    const change = new UpdateEventSourceMappingCommand({ UUID, BatchSize: 5 });
    expect(await errorOf(lambda.send(change))).toBe("400 InvalidParameterValueException");
    await lend("60");
    expect(await errorOf(lambda.send(change))).toBe("none");
  });

  async function newMapping({ Enabled = true } = {}) {
    const [queue, FunctionName] = [await newQueue(), await newFunction()];
    const create = new CreateEventSourceMappingCommand({
      FunctionName,
      EventSourceArn: queue.arn,
      Enabled,
    });
    const { UUID = "", State } = await lambda.send(create);
    expect(State).toBe("Creating");
    const get = async () => (await lambda.send(new GetEventSourceMappingCommand({ UUID }))).State;
    const list = async () => {
      const command = new ListEventSourceMappingsCommand({ FunctionName });
      const { EventSourceMappings = [] } = await lambda.send(command);
      return EventSourceMappings.map((each) => each.State);
    };
    return { ...queue, UUID, FunctionName, create, get, list };
  }

  it("take on the state that was asked for, and a queue with one takes messages", async () => {
    const { UUID, get, list, QueueUrl } = await newMapping();
    const update = (Enabled: boolean) =>
      lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled }));
    expect(await errorOf(update(false))).toBe("400 ResourceInUseException");
    expect([await get(), await get(), await list()]).toEqual(["Creating", "Enabled", ["Enabled"]]);
    expect(mappings.all().find((each) => each.UUID === UUID)).toMatchObject({ State: "Enabled" });
    expect(await update(false)).toMatchObject({ State: "Disabling" });
    expect([await list(), await get()]).toEqual([["Disabling"], "Disabled"]);
    await lambda.send(new UpdateEventSourceMappingCommand({ UUID, BatchSize: 5 }));
    expect([await get(), await get()]).toEqual(["Updating", "Disabled"]);
    expect(await update(true)).toMatchObject({ State: "Enabling" });
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "kept" }));
  });

  it("exist once for two ends, and are refused where unknown", async () => {
    const { UUID, create } = await newMapping({ Enabled: false });
    expect(await errorOf(lambda.send(create))).toBe("409 ResourceConflictException");
    const unknown = { UUID: "00000000-0000-4000-8000-000000000000" };
    for (const command of [
      new UpdateEventSourceMappingCommand(unknown),
      new DeleteEventSourceMappingCommand(unknown),
      new GetEventSourceMappingCommand(unknown),
    ]) {
      const sent: Promise<unknown> = lambda.send(command as DeleteEventSourceMappingCommand); // one of three
      expect(await errorOf(sent)).toBe("404 ResourceNotFoundException");
    }
    expect(UUID).not.toBe("");
  });

  it("are seen as they go", async () => {
    const { UUID, get, list, create } = await newMapping({ Enabled: false });
    expect([await get(), await get()]).toEqual(["Creating", "Disabled"]);
    await lambda.send(new DeleteEventSourceMappingCommand({ UUID }));
    expect(await errorOf(lambda.send(create))).toBe("409 ResourceConflictException");
    expect(await list()).toEqual(["Deleting"]);
    expect(await list()).toEqual([]);
    expect(await errorOf(get())).toBe("404 ResourceNotFoundException");
    expect(await lambda.send(create)).toMatchObject({ State: "Creating" });
  });

  it("are refused while the role's policy is not known", async () => {
    const [{ arn }, FunctionName] = [await newQueue(), await newFunction()];
    const RoleName = `role-${count}`;
    const PolicyDocument = JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: ["sqs:ReceiveMessage"], Resource: [arn] }],
    });
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: "rights", PolicyDocument }));
    const create = new CreateEventSourceMappingCommand({ FunctionName, EventSourceArn: arn });
    await expect(lambda.send(create)).rejects.toThrow("permissions to call ReceiveMessage on SQS");
    expect(await lambda.send(create)).toMatchObject({ State: "Creating" });
  });
});

describe("faults", () => {
  it("too many calls are answered as each service answers them", async () => {
    const stop = proxy.use(throttled(() => true));
    const answers = await Promise.all([
      errorOf(sqs.send(new GetQueueUrlCommand({ QueueName: "tasks" }))),
      errorOf(lambda.send(new GetFunctionCommand({ FunctionName: "worker" }))),
      errorOf(iam.send(new GetRoleCommand({ RoleName: "role" }))),
    ]);
    stop();
    expect(answers).toEqual([
      "400 RequestThrottled",
      "429 TooManyRequestsException",
      "400 Throttling",
    ]);
    expect(await errorOf(iam.send(new GetRoleCommand({ RoleName: "none" })))).toBe(
      "404 NoSuchEntityException",
    );
  });

  it.each([
    { side: "before", there: false },
    { side: "after", there: true },
  ] as const)("a caller who dies $side the second call", async ({ side, there }) => {
    const [first, second] = [fresh("tasks"), fresh("tasks")];
    const stop = proxy.use(dead(2, side));
    const create = (QueueName: string) => sqs.send(new CreateQueueCommand({ QueueName }));
    await create(first);
    await expect(create(second)).rejects.toThrow(/socket hang up|ECONNRESET/);
    await expect(create(fresh("tasks"))).rejects.toThrow(/socket hang up|ECONNRESET/);
    stop();
    const asked = errorOf(sqs.send(new GetQueueUrlCommand({ QueueName: second })));
    expect(await asked).toBe(there ? "none" : "400 QueueDoesNotExist");
  });

  it("a caller who leaves in the middle of its request is no mistake of anybody's", async () => {
    const from = proxy.calls.length;
    const caller = connect(Number(new URL(endpoint).port), "127.0.0.1");
    caller.write("POST / HTTP/1.1\r\nhost: aws\r\ncontent-length: 9\r\n\r\nhalf");
    await once(caller, "connect");
    caller.destroy();
    await once(caller, "close");
    await sts.send(new GetCallerIdentityCommand());
    expect(proxy.calls.slice(from).map(({ action }) => action)).toEqual(["GetCallerIdentity"]);
  });

  it("calls are kept, by action and with what became of them", async () => {
    const from = proxy.calls.length;
    await sts.send(new GetCallerIdentityCommand());
    const stop = proxy.use((call, pass) => {
      if (call.action === "GetQueueUrl") throw new Cut();
      return pass(call);
    });
    await errorOf(sqs.send(new GetQueueUrlCommand({ QueueName: "tasks" })));
    stop();
    const calls = proxy.calls.slice(from);
    expect(proxy.counts(calls)).toEqual({ "sts:GetCallerIdentity": 1, "sqs:GetQueueUrl": 1 });
    expect(calls.map(({ status }) => status)).toEqual([200, 0]);
  });
});
