import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { platform } from "@alienplatform/aws/deploy";
import type { Case } from "../case.ts";
import { AwsServer } from "../deploying/aws-server.ts";
import { coldStarts, makeProject, packBoth, sizes } from "../deploying/cold-function.ts";
import { Stage } from "../deploying/stage.ts";

const OTHER = "by hand, the SQS client alone";

/** What somebody writes who knows the vendor. */
const BY_HAND = `import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
const sqs = new SQSClient({});
export default async ({ Records }) => {
  const batchItemFailures = [];
  for (const { body, messageId } of Records) {
    try {
      const MessageBody = JSON.stringify(JSON.parse(body));
      await sqs.send(new SendMessageCommand({ QueueUrl: process.env.MAILS, MessageBody }));
    } catch {
      batchItemFailures.push({ itemIdentifier: messageId });
    }
  }
  return { batchItemFailures };
};
`;

/** From the start of a function's code to its first message handled, against a handler with the SQS client alone. */
export const deployCold: Case = {
  name: "deploy-cold",
  async *run() {
    const aws = await AwsServer.start();
    const directory = makeProject("cold");
    const cloud = await platform.connect({ stack: "cold", stage: "dev", environment: process.env });
    try {
      const { stack, ours, hand } = await packBoth(directory, platform, cloud, BY_HAND);
      const env = await environmentOf(new Stage(stack, cloud, directory));
      yield sizes("function", { ours, hand }, OTHER, "target");
      const each = { ours: async () => handled(ours, env), hand: async () => handled(hand, env) };
      yield* coldStarts("function, cold to first message handled", each, OTHER);
    } finally {
      await cloud.close();
      await aws.stop();
      rmSync(directory, { recursive: true });
    }
  },
};

/** What a deploy gives ours, and the queue's URL for the one by hand. */
async function environmentOf(stage: Stage): Promise<Readonly<Record<string, string>>> {
  await stage.deploy();
  const parts = (await stage.state())?.parts ?? {};
  const config = parts["function/worker"]?.config;
  // A function's config has it, of texts.
  const { environment } = config as { readonly environment: Readonly<Record<string, string>> };
  return { ...environment, MAILS: parts["queue/mails"]?.remote?.attributes.url ?? "" };
}

/** One message, in a process of its own that may use one core. */
function handled(file: string, env: Readonly<Record<string, string>>) {
  const record = {
    messageId: "1",
    receiptHandle: "1",
    body: '{"n":1}',
    attributes: { ApproximateReceiveCount: "1", SentTimestamp: String(Date.now()) },
    messageAttributes: {},
    eventSource: "aws:sqs",
    eventSourceARN: "arn:aws:sqs:us-east-1:123456789012:cold-dev-tasks",
    awsRegion: "us-east-1",
  };
  const script = `const [started, before] = [performance.now(), process.cpuUsage()];
const { default: handler } = await import(${JSON.stringify(pathToFileURL(file).href)});
const answer = await handler(${JSON.stringify({ Records: [record] })}, { awsRequestId: "1", getRemainingTimeInMillis: () => 60_000 });
const { user, system } = process.cpuUsage(before);
const ms = performance.now() - started;
process.stdout.write(JSON.stringify({ answer, ms, cpu: (user + system) / 1_000 }), () => process.exit());`;
  const node = [process.execPath, "--no-warnings", "--input-type=module", "-e", script];
  const { stdout, stderr } = spawnSync("taskset", ["--cpu-list", "0", ...node], {
    encoding: "utf8",
    env: { ...process.env, ...env, NODE_OPTIONS: "" },
  });
  const { answer, ms, cpu } = JSON.parse(stdout || "{}");
  if (answer?.batchItemFailures?.length !== 0) throw new Error(`not handled: ${stdout}${stderr}`);
  return { ms: Number(ms), cpu: Number(cpu) };
}
