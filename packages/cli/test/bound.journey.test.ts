import { startFauxqs } from "fauxqs";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { here } from "./here.ts";
import { Project } from "./journey.ts";

// Each command loads alien.ts in a process of its own, on a machine that others use too.
const LIMIT = { timeout: 180_000 };

let project: Project;
let sqs: Awaited<ReturnType<typeof startFauxqs>>;

beforeAll(async () => {
  project = await Project.create({
    "alien.ts": `import * as alien from "@alienplatform/core";
const tasks = new alien.Queue("tasks").build();
export default new alien.Stack("shop").add(tasks).build();
`,
  });
  sqs = await startFauxqs({ port: 0, logger: false });
  const { queueUrl: url } = sqs.createQueue("tasks");
  const { queueUrl: deadLetterUrl } = sqs.createQueue("tasks-dead");
  const endpoint = `http://127.0.0.1:${sqs.port}`;
  const binding = {
    version: 1,
    platform: "aws",
    queue: "tasks",
    options: {
      maxAttempts: 5,
      backoff: { initialMs: 1_000, factor: 2, maxMs: 300_000, jitter: "full" },
      leaseMs: 30_000,
      retentionMs: 345_600_000,
      idempotency: { conflict: "original" },
    },
    address: { url, deadLetterUrl, region: "us-east-1", endpoint },
  };
  vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
  vi.stubEnv("ALIEN_TASKS_BINDING", JSON.stringify(binding));
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await sqs.stop();
  await project.remove();
});

const alien = (...args: readonly string[]) => here(project.directory, ...args);

it(
  "where the environment says that a queue is in a cloud, commands work there, and say so",
  LIMIT,
  async () => {
    const sent = await alien("queue", "send", "tasks", '{"n":1}');
    expect(sent).toMatchObject({ status: 0, stderr: "tasks is where ALIEN_TASKS_BINDING says" });
    expect(sqs.inspectQueue("tasks")?.messages.ready).toHaveLength(1);

    const stats = await alien("queue", "stats", "tasks", "--json");
    expect(JSON.parse(stats.stdout)).toMatchObject({ ready: 1 });
    expect(await alien("dead", "ls", "tasks")).toMatchObject({ status: 0 });
    // Nobody has asked Lambda, or whatever consumes it.
    const { stdout } = await alien("consumers", "ls", "--json");
    expect(JSON.parse(stdout).bindings).toEqual([{ queue: "tasks", status: "unknown" }]);
    expect(await alien("queue", "pause", "tasks", "--reason", "x")).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('queue "tasks" on SQS cannot be paused'),
    });
  },
);

it("with --persist-to a command is about the local queue all the same", LIMIT, async () => {
  const local = await alien("queue", "stats", "tasks", "--persist-to", "here", "--json");
  expect(JSON.parse(local.stdout)).toMatchObject({ queue: "tasks", ready: 0 });
  expect(local.stderr).toBe("");
});

it("a queue whose service tells no counts is listed without them", LIMIT, async () => {
  const address = {
    project: "p",
    topic: "tasks",
    subscription: "tasks",
    deadTopic: "dead",
    deadSubscription: "dead",
    ordered: false,
    endpoint: "http://127.0.0.1:1",
  };
  const text = process.env.ALIEN_TASKS_BINDING ?? "";
  const gcp = { ...JSON.parse(text), platform: "gcp", address };
  vi.stubEnv("ALIEN_TASKS_BINDING", JSON.stringify(gcp));
  const listed = await alien("queue", "ls");
  expect(listed).toMatchObject({ status: 0, stdout: expect.stringMatching(/tasks +- +- +- +-/) });
});
