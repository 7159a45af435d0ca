import type { LogLine } from "@alienplatform/deploy";
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { beforeAll, describe, expect, it } from "vitest";
import { AwsStageOperator } from "../../packages/aws/src/stage-operator.ts";
import { refusal } from "./support/aws/aws-answer.ts";
import { DeployedPart, hurried } from "./support/aws/deploying.ts";
import { startControllers } from "./support/aws/start-controllers.ts";
import { region } from "./support/aws/wanted.ts";

const { endpoint, proxy, cloud } = await startControllers();
const logs = new CloudWatchLogsClient({ region, endpoint });
const ssm = new SSMClient({ region, endpoint });
const { signal } = new AbortController();

async function all(lines: AsyncIterable<LogLine>): Promise<readonly LogLine[]> {
  const found: LogLine[] = [];
  for await (const line of lines) found.push(line);
  return found;
}

describe("a function's logs", () => {
  const operator = new AwsStageOperator(logs, ssm, hurried);
  const logGroupName = "/aws/lambda/shop-dev-worker";
  const start = Date.now() - 60_000;
  const write = (logStreamName: string, ...lines: readonly (readonly [number, string])[]) =>
    logs.send(
      new PutLogEventsCommand({
        logGroupName,
        logStreamName,
        logEvents: lines.map(([after, message]) => ({ timestamp: start + after, message })),
      }),
    );
  beforeAll(async () => {
    await logs.send(new CreateLogGroupCommand({ logGroupName }));
    for (const logStreamName of ["a", "b"]) {
      await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName }));
    }
    await write("a", [0, "old\n"], [10_000, "first\n"], [30_000, "ERROR third\n"]);
    await write("b", [20_000, "second"]);
  });

  it("are read from a time on, of all instances, without line ends", async () => {
    const found = await all(
      operator.logs("shop-dev-worker", { since: start + 5_000, follow: false, signal }),
    );
    // CloudWatch Logs sorts by time, moto stream by stream: API_FilterLogEvents, "interleaved".
    expect([...found].sort((a, b) => a.at - b.at)).toEqual([
      { at: start + 10_000, text: "first" },
      { at: start + 20_000, text: "second" },
      { at: start + 30_000, text: "ERROR third" },
    ]);
  });

  it("are read by a text in them", async () => {
    const options = { since: start, follow: false, filter: "ERROR", signal };
    const found = await all(operator.logs("shop-dev-worker", options));
    expect(found.map(({ text }) => text)).toEqual(["ERROR third"]);
  });

  it("are followed, each line once, until that is enough", async () => {
    const enough = new AbortController();
    const seen: string[] = [];
    const options = { since: start + 25_000, follow: true, signal: enough.signal };
    for await (const { text } of operator.logs("shop-dev-worker", options)) {
      seen.push(text);
      if (text === "ERROR third") await write("b", [31_000, "fourth"]);
      if (text === "fourth") await write("a", [32_000, "fifth"]);
      if (text === "fifth") enough.abort();
    }
    expect(seen).toEqual(["ERROR third", "fourth", "fifth"]);
  });

  it("of a function that is not there are an error that says so", async () => {
    const reading = all(operator.logs("shop-dev-nobody", { since: start, follow: false, signal }));
    await expect(reading).rejects.toMatchObject({
      message: expect.stringContaining("reading the logs of shop-dev-nobody failed"),
    });
  });
});

describe("a secret", () => {
  const name = "/alien/shop/dev/TOKEN";

  it("is set, and only its store has its value", async () => {
    const part = new DeployedPart(cloud, "ssm-parameter", "secret/TOKEN", name);
    const config = {
      type: "SecureString",
      tier: "Standard",
      description: "Of the stage dev",
      firstValue: "placeholder",
    } as const;
    await part.apply(config);
    expect(await cloud.operator.hasSecret(name, signal)).toBe(false);
    await cloud.operator.setSecret(name, "s3cret", signal);
    expect(await cloud.operator.hasSecret(name, signal)).toBe(true);
    const { Parameter } = await ssm.send(
      new GetParameterCommand({ Name: name, WithDecryption: true }),
    );
    expect(Parameter).toMatchObject({ Value: "s3cret", Type: "SecureString" });
    part.remembered = undefined;
    expect((await part.read(config))?.owner?.stage).toBe("dev");
  });

  it("is looked at again where Parameter Store has no time for it", async () => {
    let refused = 0;
    const away = proxy.use(async (call, pass) => {
      if (call.action !== "DescribeParameters" || refused === 2) return pass(call);
      refused += 1;
      return refusal(call, 400, "ThrottlingException", "Rate exceeded");
    });
    expect(await cloud.operator.hasSecret(name, signal)).toBe(true);
    away();
  });

  it("that nobody has to set has its value from the first", async () => {
    const signing = "/alien/shop/dev/ALIEN_SIGNING_SECRET";
    const part = new DeployedPart(cloud, "ssm-parameter", "secret/ALIEN_SIGNING_SECRET", signing);
    await part.apply({
      type: "SecureString",
      tier: "Standard",
      description: "Of the stage dev",
      firstValue: "random",
    });
    expect(await cloud.operator.hasSecret(signing, signal)).toBe(true);
  });

  it("that is not deployed is not made by setting it", async () => {
    const setting = cloud.operator.setSecret("/alien/shop/dev/NOBODY", "x", signal);
    await expect(setting).rejects.toMatchObject({
      code: "SECRET_MISSING",
      fix: expect.stringContaining("deploy"),
    });
    await expect(cloud.operator.hasSecret("/alien/shop/dev/NOBODY", signal)).rejects.toMatchObject({
      code: "SECRET_MISSING",
    });
  });
});
